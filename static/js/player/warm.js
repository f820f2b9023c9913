import { engine } from "casset/player/engine";
import { holderOf } from "casset/player/page";
import { playableOf } from "casset/player/playable";

/** Loads what is likely to be tapped next, so that the tap itself only has to start it. */

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

/** Nothing plays yet: the first track in view is the best guess. */
export function warmFirst() {
  const idle = engine.state.name === "idle";
  if (!idle || engine.output.caps.saveData) return;
  const whenFree = window.requestIdleCallback ?? ((/** @type {() => void} */ task) => setTimeout(task, 200));
  whenFree(() => {
    const buttons = [...document.querySelectorAll("[data-track] [data-play]")];
    warm(buttons.find(inView) ?? null, false);
  });
}

/** @param {EventTarget|null} target @param {boolean} [sure] not just a guess */
function warm(target, sure = true) {
  const button = target instanceof Element ? target.closest("[data-play]") : null;
  const holder = button && holderOf(button);
  const track = holder && playableOf(holder);
  if (track && track.id !== engine.track?.id) engine.warm(track, sure);
}

/** @param {Element} element */
function inView(element) {
  const { top, bottom, width } = element.getBoundingClientRect();
  return width > 0 && top >= 0 && bottom <= innerHeight;
}
