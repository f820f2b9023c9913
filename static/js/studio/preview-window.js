/** Where a preview lies in its track: plain arithmetic in ms, no page. */

const FINE_MS = 100;
const STEP_MS = 1_000;
const LEAP_MS = 10_000;

/** The nearest start at which the window lies inside the track. @param {number} start @param {number} length @param {number} whole */
export function clamp(start, length, whole) {
  return Math.round(Math.max(0, Math.min(start, whole - length)));
}

/**
 * The start that a key asks for; undefined for keys that mean nothing here.
 * @param {{key: string, shiftKey: boolean}} press @param {number} start @param {number} length @param {number} whole
 */
export function moved({ key, shiftKey }, start, length, whole) {
  const step = shiftKey ? FINE_MS : STEP_MS;
  const target = /** @type {Record<string, number>} */ ({
    ArrowRight: start + step,
    ArrowUp: start + step,
    ArrowLeft: start - step,
    ArrowDown: start - step,
    PageUp: start + LEAP_MS,
    PageDown: start - LEAP_MS,
    Home: 0,
    End: whole,
  })[key];
  return target === undefined ? undefined : clamp(target, length, whole);
}

/** 61500 as "1:01.5", 61000 as "1:01": what the form reads. @param {number} ms */
export function written(ms) {
  const seconds = ((ms % 60_000) / 1000).toFixed(3).replace(/\.?0+$/, "");
  return `${Math.floor(ms / 60_000)}:${seconds.split(".")[0].length < 2 ? "0" : ""}${seconds}`;
}

/** The opposite; NaN for what is no time. @param {string} text */
export function read(text) {
  const match = /^(?:(\d+):)?(\d+(?:[.,]\d{1,3})?)$/.exec(text.trim());
  return match ? Math.round((Number(match[1] ?? 0) * 60 + Number(match[2].replace(",", "."))) * 1000) : Number.NaN;
}

/** "1:01 to 1:31", for eyes. @param {number} start @param {number} length */
export function span(start, length) {
  return `${clock(start)} – ${clock(start + length)}`;
}

/** "1 minute 1 second to 1 minute 31 seconds", for ears. @param {number} start @param {number} length */
export function spoken(start, length) {
  return `${words(start)} to ${words(start + length)}`;
}

/** @param {number} ms */
function clock(ms) {
  const total = Math.floor(ms / 1000);
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, "0")}`;
}

/** @param {number} ms */
function words(ms) {
  const [minutes, seconds] = [Math.floor(ms / 60_000), Math.round((ms % 60_000) / 100) / 10];
  const parts = [minutes && `${minutes} minute${minutes === 1 ? "" : "s"}`, (seconds || !minutes) && `${seconds} second${seconds === 1 ? "" : "s"}`];
  return parts.filter(Boolean).join(" ");
}
