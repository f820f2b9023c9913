/**
 * Starts the next deck at the very moment the current one is about to end. Timers are a few milliseconds late at
 * best, so the last stretch is waited for in place.
 * @typedef {import("casset/player/deck").Deck} Deck
 */

/** Time from play() on a warmed element to its first sample. */
export const LEAD_MS = 12;
const ARM_MS = 1_500;
const SPIN_MS = 6;

export class Relay {
  constructor() {
    this.timer = 0;
  }

  /**
   * Call on every time update.
   * @param {Deck} deck the one that is about to end
   * @param {number} lead_ms how long before its end to start
   * @param {() => void} start
   */
  watch(deck, lead_ms, start) {
    if (this.timer || deck.left_ms - lead_ms > ARM_MS) return;
    this.#wait(deck, deck.gen, lead_ms, start);
  }

  cancel() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  /** @param {Deck} deck @param {number} gen @param {number} lead_ms @param {() => void} start */
  #wait(deck, gen, lead_ms, start) {
    this.timer = 0;
    const left_ms = deck.left_ms - lead_ms;
    if (!deck.sounding || deck.gen !== gen || left_ms > ARM_MS) return;
    if (left_ms > SPIN_MS) {
      const nap_ms = Math.min(200, left_ms - SPIN_MS + 1);
      this.timer = setTimeout(() => this.#wait(deck, gen, lead_ms, start), nap_ms);
      return;
    }
    const due = performance.now() + left_ms;
    while (performance.now() < due);
    start();
  }
}
