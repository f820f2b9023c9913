import { engine } from "casset/player/engine";
import { holderOf } from "casset/player/page";
import { playableOf } from "casset/player/playable";

/**
 * Loads what a pointer is near, so that the tap itself only has to start it. Nothing is loaded on a mere guess: a
 * preview is 700 kB, and most pages are left without playing it.
 */

const REST_MS = 60;
let timer = 0;

export function attachWarming() {
  // A finger or mouse button on its way down is as good as a tap.
  document.addEventListener("pointerdown", (event) => warm(event.target), { passive: true });
  if (engine.output.caps.saveData) return;
  document.addEventListener("pointerover", (event) => {
    clearTimeout(timer);
    timer = setTimeout(warm, REST_MS, event.target);
  }, { passive: true });
  document.addEventListener("focusin", (event) => warm(event.target));
}

/** @param {EventTarget|null} target */
function warm(target) {
  const button = target instanceof Element ? target.closest("[data-play]") : null;
  const holder = button && holderOf(button);
  const track = holder && playableOf(holder);
  if (track && track.id !== engine.track?.id) engine.warm(track);
}
