import { probe, refresh } from "casset/player/faults";
import { START, reduce } from "casset/player/machine";
import { Output } from "casset/player/output";

/**
 * Carries out the effects of the state machine and feeds it what decks, network and page report.
 * @typedef {import("casset/player/playable").Playable} Playable
 * @typedef {import("casset/player/machine").Event} Event
 * @typedef {import("casset/player/machine").Effect} Effect
 * @typedef {{changed: () => void, ended: () => void, ticked: () => void, began: (track: Playable) => void,
 *   renewed: (track: Playable) => void}} Hooks
 */

export class Conductor {
  /** @param {import("casset/player/caps").Caps} caps @param {Hooks} hooks */
  constructor(caps, hooks) {
    this.state = START;
    this.hooks = hooks;
    this.output = new Output(caps, (deck, type, detail) => this.#heard(deck, type, detail));
    /** @type {Event[]} */
    this.pending = [];
    this.running = false;
    this.timer = 0;
    addEventListener("online", () => this.dispatch({ type: "online" }));
    addEventListener("pageshow", (event) => { if (event.persisted) this.#sync(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#sync(); });
  }

  /**
   * Events raised by effects wait their turn, but all of them within this call: a tap stays a tap.
   * @param {Event} event
   */
  dispatch(event) {
    this.pending.push(event);
    if (this.running) return;
    this.running = true;
    const before = this.state;
    for (let next = this.pending.shift(); next; next = this.pending.shift()) {
      const { state, effects } = reduce(this.state, next, Math.random);
      this.state = state;
      for (const effect of effects) this.effects[effect.do](effect);
    }
    this.running = false;
    if (before !== this.state) this.hooks.changed();
  }

  /** @type {Record<string, (effect: Effect) => void>} */
  effects = {
    load: (effect) => {
      this.output.load(/** @type {any} */ (effect));
      if (!effect.force) this.hooks.began(effect.track);
    },
    play: () => { this.output.play(); },
    pause: () => this.output.stop(),
    seek: ({ at_ms }) => this.output.live.seek(at_ms),
    unlock: () => this.output.unlock(),
    single: () => this.output.single(),
    rebuild: () => this.output.rebuild(),
    cross: (effect) => {
      this.hooks.began(effect.track);
      this.output.cross(/** @type {any} */ (effect), () => this.dispatch({ type: "faded", gen: effect.gen }));
    },
    wait: ({ ms, then }) => {
      clearTimeout(this.timer);
      const { gen } = this.state;
      this.timer = setTimeout(() => this.dispatch({ type: then, gen, at_ms: this.#at() }), ms);
    },
    clear: () => clearTimeout(this.timer),
    probe: ({ gen }) => { this.#inquire(probe, gen); },
    refresh: ({ gen }) => { this.#inquire(refresh, gen); },
    advance: () => this.hooks.ended(),
  };

  /** @param {(track: Playable) => Promise<import("casset/player/faults").Answer>} question @param {number} gen */
  async #inquire(question, gen) {
    const answer = await question(/** @type {Playable} */ (this.state.track));
    if (answer.track) this.hooks.renewed(answer.track);
    this.dispatch({ ...answer, gen });
  }

  /** @param {import("casset/player/deck").Deck} deck @param {string} type @param {object} [detail] */
  #heard(deck, type, detail) {
    if (deck.gen !== this.state.gen) return;
    if (type === "timeupdate") return this.#tick();
    // The event was queued before a pause that has come since.
    if (type === "playing" && deck.element.paused) return;
    this.dispatch({ type, gen: deck.gen, at_ms: deck.position_ms, ...detail });
  }

  #tick() {
    const { live, graph } = this.output;
    if (live.sounding && graph.frozen(performance.now())) this.dispatch({ type: "frozen", at_ms: live.position_ms });
    this.hooks.ticked();
  }

  /** Back from the background or the page cache: timers and events may have been lost, the element knows. */
  #sync() {
    this.dispatch({ type: "sync", sounding: this.output.live.sounding, at_ms: this.#at() });
  }

  #at() {
    const { live } = this.output;
    return live.failed ? this.state.at_ms : live.position_ms || this.state.at_ms;
  }
}
