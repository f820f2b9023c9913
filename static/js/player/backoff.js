/** How long to wait between tries, and how often to try. */

export const MAX_TRIES = 7;
const FIRST_MS = 500;
const CAP_MS = 30_000;

/**
 * Milliseconds before try number `tries`: doubling, capped, the upper half jittered.
 * @param {number} tries from 0 @param {() => number} random 0..1
 */
export function backoff(tries, random) {
  return Math.min(CAP_MS, FIRST_MS * 2 ** tries) * (0.5 + random() / 2);
}
