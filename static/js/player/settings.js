/**
 * What the listener chose, kept in this browser. Storage may be refused (private mode): then it lasts for the page.
 * @typedef {{volume: number, muted: boolean, crossfade_s: number, shortcuts: boolean}} Settings
 */

const KEY = "casset:settings";
export const MAX_CROSSFADE_S = 12;

/** @type {Settings} */
export const settings = { volume: 1, muted: false, crossfade_s: 0, shortcuts: true, ...stored() };

/** @param {Partial<Settings>} change */
export function choose(change) {
  Object.assign(settings, change);
  settings.volume = clamp(settings.volume, 0, 1);
  settings.crossfade_s = clamp(settings.crossfade_s, 0, MAX_CROSSFADE_S);
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Kept for this page only.
  }
}

/** @returns {Partial<Settings>} */
function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low;
}
