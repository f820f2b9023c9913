import { engine } from "casset/player/engine";
import { start } from "casset/player/page";
import { draw } from "casset/player/peaks";
import { bytesOf } from "casset/player/playable";
import { spoken } from "casset/player/time";
import { recall } from "casset/player/tokens";

/**
 * `[data-waveform]`: the whole track at a glance. It is a slider while its track is the current one; before that a tap
 * starts the track there. What a preview does not play is drawn faint.
 * @typedef {import("casset/player/playable").Playable} Playable
 */

const STEP_MS = 5_000;
const UNKNOWN = { offset_ms: 0, duration_ms: 1, track_ms: 1 };
const KEYS = /** @type {Record<string, (at: number, end: number) => number>} */ ({
  ArrowRight: (at) => at + STEP_MS,
  ArrowUp: (at) => at + STEP_MS,
  ArrowLeft: (at) => at - STEP_MS,
  ArrowDown: (at) => at - STEP_MS,
  PageUp: (at) => at + 6 * STEP_MS,
  PageDown: (at) => at - 6 * STEP_MS,
  Home: () => 0,
  End: (_, end) => end,
});

/** @type {Map<HTMLElement, {canvas: HTMLCanvasElement, peaks: Uint8Array}>} */
const shown = new Map();
const sizes = new ResizeObserver((changes) => {
  for (const { target } of changes) paint(/** @type {HTMLElement} */ (target));
});

engine.watch(paintAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paintAll);
new MutationObserver(paintAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
document.addEventListener("click", (event) => {
  const wave = /** @type {Element} */ (event.target).closest("[data-waveform]");
  if (wave instanceof HTMLElement) tap(wave, event);
});
document.addEventListener("keydown", (event) => {
  const wave = event.target;
  if (wave instanceof HTMLElement && wave.matches("[data-waveform]") && isCurrent(wave)) press(event);
});

/** Take up the waveforms below a swapped-in element, and let go of those that left. @param {ParentNode} root */
export function findWaveforms(root) {
  for (const wave of shown.keys()) if (!wave.isConnected) release(wave);
  for (const wave of root.querySelectorAll("[data-waveform]")) take(/** @type {HTMLElement} */ (wave));
}

/** @param {HTMLElement} wave */
function take(wave) {
  if (shown.has(wave)) return;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  wave.replaceChildren(canvas);
  wave.setAttribute("role", "slider");
  if (!wave.ariaLabel) wave.ariaLabel = "Position in the track";
  shown.set(wave, { canvas, peaks: bytesOf(wave.dataset.peaks ?? "") });
  sizes.observe(wave);
}

/** @param {HTMLElement} wave */
function release(wave) {
  sizes.unobserve(wave);
  shown.delete(wave);
}

function paintAll() {
  for (const wave of shown.keys()) paint(wave);
}

/** @param {HTMLElement} wave */
function paint(wave) {
  const kept = shown.get(wave);
  if (!kept) return;
  const current = isCurrent(wave);
  describe(wave, current);
  const track = trackOf(wave);
  const { offset_ms: offset, duration_ms: plays, track_ms: whole } = track ?? UNKNOWN;
  const played = current ? (offset + engine.position_ms) / whole : 0;
  const colours = getComputedStyle(kept.canvas);
  const look = [played * wave.clientWidth | 0, wave.clientWidth, wave.clientHeight, track?.src, colours.color].join();
  // Four times a second there is mostly nothing new to see.
  if (wave.dataset.look === look) return;
  wave.dataset.look = look;
  draw(kept.canvas, kept.peaks, { played, from: offset / whole, to: (offset + plays) / whole });
}

/** @param {HTMLElement} wave @param {boolean} current */
function describe(wave, current) {
  const { position_ms, duration_ms } = engine;
  wave.tabIndex = current ? 0 : -1;
  wave.ariaValueMin = "0";
  wave.ariaValueMax = String(Math.round((current ? duration_ms : trackOf(wave)?.duration_ms ?? 0) / 1000));
  wave.ariaValueNow = String(current ? Math.floor(position_ms / 1000) : 0);
  wave.ariaValueText = current ? spoken(position_ms, duration_ms) : "Not playing";
}

/** @param {HTMLElement} wave @param {MouseEvent} event */
function tap(wave, event) {
  const track = trackOf(wave);
  if (!track) return;
  const box = wave.getBoundingClientRect();
  const at_ms = ((event.clientX - box.left) / box.width) * track.track_ms - track.offset_ms;
  if (isCurrent(wave)) engine.seek(at_ms);
  else start(track.id, Math.max(0, Math.min(at_ms, track.duration_ms - 1_000)));
}

/** @param {KeyboardEvent} event */
function press(event) {
  const target = KEYS[event.key]?.(engine.position_ms, engine.duration_ms);
  if (target === undefined) return;
  event.preventDefault();
  engine.seek(target);
}

/** @param {HTMLElement} wave @returns {Playable|undefined} */
function trackOf(wave) {
  return isCurrent(wave) ? engine.track ?? undefined : recall(Number(wave.dataset.trackId));
}

/** @param {HTMLElement} wave */
function isCurrent(wave) {
  return engine.track?.id === Number(wave.dataset.trackId);
}
