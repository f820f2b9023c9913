import { engine } from "casset/player/engine";
import { holderOf, learnAll, press, reflect } from "casset/player/page";
import { attachResume } from "casset/player/resume";
import { attachWarming } from "casset/player/warm";

/** Ties the engine to the page, once: by delegation, so that swapped-in content needs no set-up. */

/** @type {Promise<void>|null} what is of use only once there is a track */
let companions = null;

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-play]");
  const holder = button && holderOf(button);
  if (holder) press(holder);
});

function tell() {
  reflect();
  const { state, track, position_ms } = engine;
  if (track) companions ??= import("casset/player/companions").then(({ attach }) => attach());
  document.dispatchEvent(new CustomEvent("casset:player", { detail: { state: state.name, track, position_ms } }));
}

/** New content stands in the page. */
async function arrived() {
  learnAll();
  tell();
  if (!document.querySelector("[data-waveform]")) return;
  const { findWaveforms } = await import("casset/player/waveform");
  findWaveforms(document);
}

/** @param {MutationRecord} record @returns {boolean} whether it brought elements, the player's own apart */
function brought({ target, addedNodes }) {
  if (document.querySelector("#player")?.contains(target)) return false;
  return [...addedNodes].some((node) => node instanceof Element && node.localName !== "canvas");
}

engine.subscribe(tell);
attachWarming();
attachResume();
// Whoever swaps the page in, htmx or not: one look per batch of changes.
new MutationObserver((records) => { if (records.some(brought)) arrived(); })
  .observe(document.body, { childList: true, subtree: true });
arrived();
