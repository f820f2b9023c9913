import { engine } from "casset/player/engine";
import { attachKeyboard } from "casset/player/keyboard";
import { holderOf, learnAll, press, reflect } from "casset/player/page";
import { attachResume } from "casset/player/resume";
import { attachSession } from "casset/player/session";
import { attachSleep } from "casset/player/sleep";
import { attachWarming, warmFirst } from "casset/player/warm";
import { attachWaveforms, findWaveforms } from "casset/player/waveform";

/** Ties the engine to the page, once: by delegation, so that swapped-in content needs no set-up. */

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-play]");
  const holder = button && holderOf(button);
  if (holder) press(holder);
});

function tell() {
  reflect();
  const { state, track, position_ms } = engine;
  document.dispatchEvent(new CustomEvent("casset:player", { detail: { state: state.name, track, position_ms } }));
}

engine.subscribe(tell);
attachSession();
attachSleep();
attachWaveforms();
attachKeyboard();
attachWarming();
attachResume();

function arrived() {
  learnAll();
  tell();
  findWaveforms(document);
  warmFirst();
}

const player = document.querySelector("#player");
const fresh = (/** @type {MutationRecord} */ { target, addedNodes }) => (
  !player?.contains(target) && [...addedNodes].some((node) => node instanceof Element && node.localName !== "canvas")
);
// Whoever swaps the page in, htmx or not: one look per batch of changes.
new MutationObserver((records) => { if (records.some(fresh)) arrived(); }).observe(document.body, { childList: true, subtree: true });
arrived();
