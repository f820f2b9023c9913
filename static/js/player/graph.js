/**
 * The Web Audio side of the decks: a gain each, then one analyser. An element routed through a context cannot be
 * routed back, so a deck is attached only to a context whose clock is seen to run, and only when something needs it.
 * @typedef {import("casset/player/deck").Deck} Deck
 */

const CURVE_POINTS = 64;
const FROZEN_MS = 1_500;

export class Graph {
  constructor() {
    /** @type {AudioContext|null} */
    this.context = null;
    /** @type {AnalyserNode|null} */
    this.analyser = null;
    /** @type {Map<Deck, GainNode>} */
    this.gains = new Map();
    this.clock_s = 0;
    this.ticked_ms = 0;
  }

  /** @param {Deck[]} decks @returns {Promise<boolean>} whether they now sound through the graph */
  async attach(decks) {
    try {
      this.context ??= new AudioContext({ latencyHint: "interactive" });
      if (!(await running(this.context))) return false;
      this.analyser ??= outlet(this.context);
      for (const deck of decks) if (!this.gains.has(deck)) this.#route(deck);
      return true;
    } catch {
      return false;
    }
  }

  /** @param {Deck} deck */
  #route(deck) {
    const context = /** @type {AudioContext} */ (this.context);
    const gain = context.createGain();
    context.createMediaElementSource(deck.element).connect(gain).connect(/** @type {AnalyserNode} */ (this.analyser));
    this.gains.set(deck, gain);
  }

  /** @param {Deck} from @param {Deck} to */
  canFade(from, to) {
    return this.gains.has(from) && this.gains.has(to) && this.context?.state === "running";
  }

  /**
   * Equal power: the squares of both gains always add up to one.
   * @param {Deck} from @param {Deck} to @param {number} fade_ms
   */
  fade(from, to, fade_ms) {
    const context = /** @type {AudioContext} */ (this.context);
    const angle = (/** @type {number} */ i) => (i / (CURVE_POINTS - 1)) * (Math.PI / 2);
    this.#curve(from, (i) => Math.cos(angle(i)), context.currentTime, fade_ms / 1000);
    this.#curve(to, (i) => Math.sin(angle(i)), context.currentTime, fade_ms / 1000);
  }

  /** @param {Deck} deck @param {(i: number) => number} shape @param {number} at_s @param {number} length_s */
  #curve(deck, shape, at_s, length_s) {
    const gain = /** @type {GainNode} */ (this.gains.get(deck)).gain;
    gain.cancelScheduledValues(at_s);
    gain.setValueCurveAtTime(Float32Array.from({ length: CURVE_POINTS }, (_, i) => shape(i)), at_s, length_s);
  }

  /** Back to full gain on every deck. */
  level() {
    for (const { gain } of this.gains.values()) {
      gain.cancelScheduledValues(0);
      gain.value = 1;
    }
  }

  /** Before sound is wanted: an interrupted context swallows it. */
  wake() {
    if (this.context && this.context.state !== "running") this.context.resume().catch(() => {});
  }

  /**
   * A context may call itself running while its clock stands still, and then everything routed through it is mute.
   * @param {number} now_ms @returns {boolean} whether the clock has stood for too long although decks are sounding
   */
  frozen(now_ms) {
    if (!this.context || !this.gains.size) return false;
    const moved = this.context.currentTime !== this.clock_s;
    // A long silence between two looks says nothing about the clock.
    if (moved || now_ms - this.ticked_ms > 2 * FROZEN_MS) {
      this.clock_s = this.context.currentTime;
      this.ticked_ms = now_ms;
      return false;
    }
    this.wake();
    return now_ms - this.ticked_ms > FROZEN_MS;
  }

  close() {
    this.context?.close().catch(() => {});
    this.gains.clear();
  }
}

/** @param {AudioContext} context @returns {Promise<boolean>} */
async function running(context) {
  // resume() may wait for a gesture that never comes: do not wait with it.
  const patience = new Promise((resolve) => { setTimeout(resolve, 300); });
  await Promise.race([context.resume(), patience]);
  return context.state === "running";
}

/** @param {AudioContext} context @returns {AnalyserNode} */
function outlet(context) {
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  analyser.smoothingTimeConstant = 0.75;
  analyser.connect(context.destination);
  return analyser;
}
