import { engine } from "casset/player/engine";

/**
 * Stop later: after some minutes with a soft fade, or where the track ends.
 * @typedef {"off"|"track"|"15"|"30"|"60"} Choice
 */

const FADE_MS = 8_000;
const STEP_MS = 100;

let timer = 0;
/** @type {Choice} */
let choice = "off";

/** @returns {Choice} off again once the engine has stopped at the end */
export const sleeping = () => (choice === "track" && !engine.stopsAtEnd ? "off" : choice);

/** @param {Choice} wanted */
export function sleep(wanted) {
  clearTimeout(timer);
  engine.output.level();
  choice = wanted;
  engine.stopsAtEnd = wanted === "track";
  const minutes = Number(wanted);
  if (minutes) timer = setTimeout(fade, minutes * 60_000 - FADE_MS, performance.now() + minutes * 60_000);
}

/** @param {number} end_ms on the page's clock */
function fade(end_ms) {
  const left_ms = end_ms - performance.now();
  if (left_ms <= 0) {
    engine.pause();
    sleep("off");
    document.dispatchEvent(new Event("casset:slept"));
    return;
  }
  engine.output.level(Math.min(1, left_ms / FADE_MS));
  timer = setTimeout(fade, STEP_MS, end_ms);
}
