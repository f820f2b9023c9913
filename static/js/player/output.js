import { Deck } from "casset/player/deck";
import { Graph } from "casset/player/graph";
import { settings } from "casset/player/settings";

/**
 * The decks and the graph behind them: one deck is live, the other (where two are allowed) stands by.
 * @typedef {import("casset/player/playable").Playable} Playable
 */

export class Output {
  /**
   * @param {import("casset/player/caps").Caps} caps
   * @param {import("casset/player/deck").Listener} listener hears every deck; events carry the deck's generation
   */
  constructor(caps, listener) {
    this.caps = caps;
    this.listener = listener;
    this.build();
  }

  build() {
    this.graph = new Graph();
    this.live = this.#deck();
    /** @type {Deck|null} */
    this.spare = this.caps.two ? this.#deck() : null;
    this.fading = 0;
  }

  /** A context whose clock froze takes its elements with it: start over with new ones. */
  rebuild() {
    this.stop();
    this.graph.close();
    this.build();
    this.connect();
  }

  get decks() {
    return this.spare ? [this.live, this.spare] : [this.live];
  }

  /** Route through Web Audio when a setting or a visualizer needs it and the browser can. */
  async connect() {
    return this.caps.webAudio && this.graph.attach(this.decks);
  }

  /** @param {{track: Playable, at_ms: number, gen: number, force?: boolean}} effect */
  load({ track, at_ms, gen, force }) {
    this.#settle();
    if (this.spare?.url === track.src && this.live.url !== track.src && !this.spare.failed) this.#swap();
    this.spare?.pause();
    if (this.spare) this.spare.gen = -1;
    this.live.load(track.src, gen, at_ms, force);
    this.level();
  }

  play() {
    this.graph.wake();
    return this.live.play();
  }

  stop() {
    this.#settle();
    for (const deck of this.decks) deck.pause();
  }

  /**
   * Start the standby deck while the live one ends.
   * @param {{track: Playable, gen: number, fade_ms: number}} effect @param {() => void} faded
   */
  cross({ track, gen, fade_ms }, faded) {
    const from = this.live;
    this.#swap();
    this.live.load(track.src, gen, 0);
    const fades = fade_ms > 0 && this.graph.canFade(from, this.live);
    this.live.play();
    this.level();
    if (fades) this.graph.fade(from, this.live, fade_ms);
    const done = () => {
      this.#settle();
      from.pause();
      faded();
    };
    // Without a fade the old deck runs out by itself.
    this.fading = setTimeout(done, fades ? fade_ms : 250);
  }

  /** Get a likely next address ready, if a deck is free for it. @param {string} url */
  warm(url) {
    const deck = this.fading ? null : this.spare ?? (this.live.gen < 0 ? this.live : null);
    if (deck && deck.url !== url) deck.load(url, -1, 0);
  }

  unlock() {
    this.spare?.unlock();
  }

  /** This browser refused the second element: go on with one. */
  single() {
    this.#settle();
    // The older deck is the one that was allowed to play.
    this.#swap();
    this.spare?.pause();
    this.spare = null;
  }

  /** @param {number} [share] of the listener's volume */
  level(share = 1) {
    const { volume, muted } = settings;
    this.live.level(volume * share, muted);
    this.spare?.level(volume * share, muted);
  }

  /** End a running cross-fade at once. */
  #settle() {
    clearTimeout(this.fading);
    this.fading = 0;
    this.graph.level();
  }

  #swap() {
    if (this.spare) [this.live, this.spare] = [this.spare, this.live];
  }

  #deck() {
    return new Deck((deck, type, detail) => this.listener(deck, type, detail));
  }
}
