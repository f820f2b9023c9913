import { post } from "casset/csrf";

/**
 * Counts what was really heard of a track, and tells the server once it was enough.
 * @typedef {{ticket: string, need_ms: number, heard_ms: number, at_ms: number, done: boolean}} Meter
 */

const ENOUGH_MS = 30_000;
/** Time updates come four times a second, once a second in the background; a larger step is a seek. */
const STEP_MS = 1_500;

/** @param {import("casset/player/playable").Playable} track @returns {Meter} */
export function meter(track) {
  const need_ms = Math.min(ENOUGH_MS, track.duration_ms / 2);
  return { ticket: track.ticket, need_ms, heard_ms: 0, at_ms: -1, done: track.ticket === "" };
}

/** @param {Meter} before @param {number} at_ms position now @param {boolean} audible @returns {Meter} */
export function hear(before, at_ms, audible) {
  const step_ms = at_ms - before.at_ms;
  const counts = audible && before.at_ms >= 0 && step_ms > 0 && step_ms <= STEP_MS;
  return { ...before, at_ms, heard_ms: before.heard_ms + (counts ? step_ms : 0) };
}

/** @param {Meter} reading */
export const due = (reading) => !reading.done && reading.heard_ms >= reading.need_ms;

export class Plays {
  /** @type {Meter|null} */
  #reading = null;

  /** @param {import("casset/player/playable").Playable} track it starts from its beginning, or again */
  begin(track) {
    this.#reading = meter(track);
  }

  /** @param {number} at_ms @param {boolean} audible */
  hear(at_ms, audible) {
    if (!this.#reading) return;
    this.#reading = hear(this.#reading, at_ms, audible);
    if (!due(this.#reading)) return;
    this.#reading.done = true;
    record(this.#reading.ticket);
  }
}

/** @param {string} ticket */
async function record(ticket) {
  const send = () => post("/listen/plays/", { ticket }, { keepalive: true });
  // Heard without a connection is heard all the same: tell it once the line is back.
  await send().catch(() => addEventListener("online", () => send().catch(() => {}), { once: true }));
}
