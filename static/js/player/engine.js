import { detect } from "casset/player/caps";
import { Conductor } from "casset/player/conductor";
import { Plays } from "casset/player/plays";
import { Prefetch } from "casset/player/prefetch";
import * as queues from "casset/player/queue";
import { LEAD_MS, Relay } from "casset/player/relay";
import { choose, settings } from "casset/player/settings";
import { fresh, learn } from "casset/player/tokens";

/**
 * What the page talks to: one engine per page, its elements outside the document, so that no swap can stop it.
 * @typedef {import("casset/player/playable").Playable} Playable
 */

const WANTING = new Set(["playing", "fading", "buffering", "loading", "unlocking", "recovering"]);
/** Nobody means the last instant of a track when dragging to its end. */
const END_GUARD_MS = 250;
const BUSY_MS = 20_000;

class Engine {
  constructor() {
    this.queue = queues.EMPTY;
    /** Set by the sleep timer: go no further than this track. */
    this.stopsAtEnd = false;
    this.conductor = new Conductor(detect(), {
      changed: () => this.#tell(),
      ended: () => this.#ended(),
      ticked: () => this.#tick(),
      began: (track) => this.plays.begin(track),
      renewed: (track) => { this.queue = queues.renew(this.queue, track); },
    });
    this.prefetch = new Prefetch(this.output, (track) => { this.queue = queues.renew(this.queue, track); });
    this.relay = new Relay();
    this.plays = new Plays();
    /** @type {(() => void)[]} */
    this.listeners = [];
    /** @type {(() => void)[]} */
    this.watchers = [];
  }

  get output() { return this.conductor.output; }

  get state() { return this.conductor.state; }

  get track() { return this.state.track; }

  /** Whether the listener sees a pause button. */
  get wanting() { return WANTING.has(this.state.name); }

  /** Server time decides what is shown; an element may report none, or a wrong one. */
  get duration_ms() {
    return this.track?.duration_ms ?? 0;
  }

  get position_ms() {
    const { live } = this.output;
    const known = live.gen === this.state.gen && !live.failed && live.element.readyState > 0;
    return Math.min(Math.max(0, known ? live.position_ms : this.state.at_ms), this.duration_ms);
  }

  /** @param {() => void} listener called on every change of state, queue or settings */
  subscribe(listener) {
    this.listeners.push(listener);
  }

  /** @param {() => void} watcher called about four times a second while something plays, and on every change */
  watch(watcher) {
    this.watchers.push(watcher);
    this.listeners.push(watcher);
  }

  /**
   * Play a list from `at`. Called within the tap itself: the element is told to play before this returns.
   * @param {Playable[]} tracks @param {number} [at] @param {number} [at_ms]
   */
  play(tracks, at = 0, at_ms = 0) {
    this.#go(queues.replace(this.queue, tracks.map(learn), at, Math.random), at_ms);
  }

  /** After a reload: everything in place, and nothing sounds. @param {queues.Queue} queue @param {number} at_ms */
  async cue(queue, at_ms) {
    const track = queues.current(queue);
    if (!track) return;
    this.queue = queue;
    this.conductor.dispatch({ type: "cue", track, at_ms });
    // The coming tap should find an address that still works; if not, it recovers like any other.
    const newest = await fresh(track).catch(() => track);
    if (this.state.name !== "ready" || this.track !== track) return;
    this.queue = queues.renew(this.queue, newest);
    this.conductor.dispatch({ type: "cue", track: newest, at_ms: this.state.at_ms });
    this.output.warm(newest.src);
  }

  resume() {
    this.conductor.dispatch({ type: "resume" });
  }

  pause() {
    this.relay.cancel();
    this.conductor.dispatch({ type: "pause", at_ms: this.position_ms });
  }

  toggle() {
    if (this.wanting) this.pause();
    else this.resume();
  }

  /** @param {number} at_ms within what is playing */
  seek(at_ms) {
    this.relay.cancel();
    const last_ms = Math.max(0, this.duration_ms - END_GUARD_MS);
    this.conductor.dispatch({ type: "seek", at_ms: Math.min(Math.max(0, at_ms), last_ms) });
    this.#tell();
  }

  next() {
    const queue = queues.next(this.queue);
    if (queue !== this.queue) this.#go(queue);
  }

  prev() {
    const queue = queues.prev(this.queue, this.position_ms);
    if (queue === this.queue) this.seek(0);
    else this.#go(queue);
  }

  /** @param {number} at index in playing order */
  jump(at) {
    this.#go(queues.jump(this.queue, at));
  }

  /** Change the queue around the current track. @param {(queue: queues.Queue) => queues.Queue} change */
  arrange(change) {
    const before = this.queue.order[this.queue.at];
    this.queue = change(this.queue);
    this.relay.cancel();
    if (before && this.wanting && !this.queue.order.includes(before)) this.#go(this.queue);
    this.#tell();
  }

  /** @param {Partial<import("casset/player/settings").Settings>} change */
  set(change) {
    choose(change);
    this.output.level();
    if (settings.crossfade_s > 0) this.output.connect();
    this.#tell();
  }

  /** A tap on this track is likely soon. @param {Playable} track */
  async warm(track) {
    const newest = await fresh(track).catch(() => track);
    // Close to the end the standby deck belongs to the next track of the queue.
    const busy = this.state.name === "playing" && queues.upcoming(this.queue) && this.output.live.left_ms < BUSY_MS;
    if (!busy) this.output.warm(newest.src);
  }

  /** @param {queues.Queue} queue @param {number} [at_ms] */
  #go(queue, at_ms = 0) {
    this.queue = queue;
    this.relay.cancel();
    const track = queues.current(queue);
    if (track) this.conductor.dispatch({ type: "play", track, at_ms });
    if (settings.crossfade_s > 0) this.output.connect();
  }

  #ended() {
    const { queue } = this;
    const over = this.stopsAtEnd || !queues.upcoming(queue);
    this.stopsAtEnd = false;
    if (!over) this.#go(queues.advance(queue));
  }

  #tick() {
    const { live } = this.output;
    for (const watcher of this.watchers) watcher();
    this.plays.hear(live.position_ms, live.sounding && !settings.muted && settings.volume > 0);
    const next = this.stopsAtEnd ? null : queues.upcoming(this.queue);
    if (!next || !this.duration_ms) return;
    this.prefetch.tick(next, this.position_ms / this.duration_ms, live.left_ms);
    this.#approach(next);
  }

  /** With two decks the next one starts just before this one ends. @param {Playable} next */
  #approach(next) {
    const { live, spare, graph } = this.output;
    if (this.state.name !== "playing" || spare?.url !== next.src || !spare.ready) return;
    const fade_ms = graph.canFade(live, spare) ? Math.min(settings.crossfade_s * 1000, this.duration_ms / 3) : 0;
    this.relay.watch(live, Math.max(LEAD_MS, fade_ms), () => {
      if (this.state.name !== "playing" || this.stopsAtEnd) return;
      this.queue = queues.advance(this.queue);
      this.conductor.dispatch({ type: "handover", track: next, fade_ms });
    });
  }

  #tell() {
    for (const listener of this.listeners) listener();
  }
}

export const engine = new Engine();
