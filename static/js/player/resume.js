import { engine } from "casset/player/engine";

/**
 * Queue and position across reloads (per tab) and visits (per browser). Nothing starts by itself: the player shows
 * where the listener was, and the next tap goes on from there.
 * @typedef {{queue: import("casset/player/queue").Queue, at_ms: number}} Kept
 */

const KEY = "casset:resume";
const EVERY_MS = 5_000;
const MAX_ENTRIES = 300;

export function attachResume() {
  const kept = read(sessionStorage) ?? read(localStorage);
  if (kept) engine.cue(kept.queue, kept.at_ms);
  engine.subscribe(save);
  setInterval(() => { if (engine.state.name === "playing") save(); }, EVERY_MS);
  addEventListener("pagehide", save);
  // The next person at this browser must not find it.
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (new URL(form.action).pathname.includes("/logout/")) forget();
  });
}

function save() {
  const { queue, position_ms } = engine;
  if (!engine.track || queue.list.length > MAX_ENTRIES) return;
  write(sessionStorage, { queue, at_ms: position_ms });
  write(localStorage, { queue: { ...queue, list: queue.list.map(unsigned) }, at_ms: position_ms });
}

function forget() {
  engine.pause();
  removeEventListener("pagehide", save);
  for (const storage of [sessionStorage, localStorage]) storage.removeItem(KEY);
}

/** Signed addresses do not outlive the tab. @param {import("casset/player/queue").Entry} entry */
function unsigned({ key, track }) {
  return { key, track: { ...track, src: "", ticket: "", expires: 0 } };
}

/** @param {Storage} storage @returns {Kept|null} */
function read(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "null");
    return Array.isArray(kept?.queue?.list) && kept.queue.list.length ? kept : null;
  } catch {
    return null;
  }
}

/** @param {Storage} storage @param {Kept} kept */
function write(storage, kept) {
  try {
    storage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Full or forbidden: then there is nothing to resume.
  }
}
