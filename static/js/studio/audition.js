import { engine } from "casset/player/engine";
import { expired } from "casset/player/playable";

/**
 * Plays a stretch of a track from the artist's own full stream, while the main player pauses.
 * @typedef {import("casset/player/playable").Playable} Playable
 */

const MARGIN_S = 10;

export class Audition {
  #audio = new Audio();
  #frame = 0;
  #end_ms = 0;

  /**
   * @param {Playable} playable @param {string} listen - address of a fresh playable
   * @param {(at_ms: number | null) => void} onMove - where it plays now; null when it has stopped
   */
  constructor(playable, listen, onMove) {
    this.playable = playable;
    this.listen = listen;
    this.onMove = onMove;
    this.#audio.preload = "none";
    this.#audio.addEventListener("ended", () => this.stop());
  }

  get playing() {
    return this.#frame !== 0;
  }

  /** @param {number} start_ms @param {number} length_ms */
  async play(start_ms, length_ms) {
    engine.pause();
    this.stop();
    this.#end_ms = start_ms + length_ms;
    this.#frame = requestAnimationFrame(() => this.#follow());
    try {
      await this.#load();
      this.#audio.currentTime = start_ms / 1000;
      await this.#audio.play();
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#audio.pause();
    this.onMove(null);
  }

  /** Let go of the stream. */
  close() {
    this.stop();
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }

  async #load() {
    if (expired(this.playable, Date.now(), MARGIN_S)) {
      const answer = await fetch(this.listen, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`No stream: ${answer.status}`);
      this.playable = await answer.json();
    }
    if (this.#audio.getAttribute("src") !== this.playable.src) this.#audio.src = this.playable.src;
  }

  #follow() {
    const at_ms = this.#audio.currentTime * 1000;
    // Before it plays, the position is that of an earlier audition.
    if (!this.#audio.paused) {
      if (at_ms >= this.#end_ms) return this.stop();
      this.onMove(at_ms);
    }
    this.#frame = requestAnimationFrame(() => this.#follow());
  }
}
