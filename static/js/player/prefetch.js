import { fresh } from "casset/player/tokens";

/**
 * Gets the next track ready: its address at half of the current one, its bytes shortly before the end.
 * @typedef {import("casset/player/playable").Playable} Playable
 */

const BYTES_LEFT_MS = 20_000;
export const WARM_LEFT_MS = 8_000;

export class Prefetch {
  /** @param {import("casset/player/output").Output} output @param {(track: Playable) => void} renewed */
  constructor(output, renewed) {
    this.output = output;
    this.renewed = renewed;
    this.token = 0;
    this.bytes = "";
  }

  /** @param {Playable} next @param {number} share heard of the current track, 0..1 @param {number} left_ms */
  tick(next, share, left_ms) {
    if (share >= 0.5 && this.token !== next.id) this.#address(next);
    if (left_ms <= BYTES_LEFT_MS && !this.output.caps.saveData) this.#fetch(next.src);
    const { spare } = this.output;
    if (left_ms <= WARM_LEFT_MS && spare?.url === next.src && !this.output.fading) spare.warm();
  }

  /** @param {Playable} next */
  async #address(next) {
    this.token = next.id;
    try {
      const track = await fresh(next);
      if (track.src !== next.src) this.renewed(track);
    } catch {
      // The address in hand is tried as it is; a refusal then is handled like any other.
      this.token = 0;
    }
  }

  /** @param {string} url */
  #fetch(url) {
    if (this.output.spare) {
      this.output.warm(url);
    } else if (this.bytes !== url) {
      this.bytes = url;
      // The element will find the same address in the HTTP cache.
      fetch(url, { priority: "low" }).then((answer) => answer.arrayBuffer()).catch(() => { this.bytes = ""; });
    }
  }
}
