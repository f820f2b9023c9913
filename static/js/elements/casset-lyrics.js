/** Timed lyrics: the line that is sung now is marked, and kept in view while nobody scrolls. */

const TICK_MS = 200;

class CassetLyrics extends HTMLElement {
  #lines = /** @type {HTMLElement[]} */ ([]);
  #state = { playing: false, at_ms: 0, seen: 0 };
  #timer = 0;

  connectedCallback() {
    this.#lines = [...this.querySelectorAll("[data-ms]")];
    if (this.#lines.length) document.addEventListener("casset:player", this);
  }

  disconnectedCallback() {
    document.removeEventListener("casset:player", this);
    clearInterval(this.#timer);
  }

  /** @param {CustomEvent} event - what the player says on every change */
  handleEvent({ detail }) {
    clearInterval(this.#timer);
    const mine = String(detail.track?.id) === this.dataset.trackId;
    if (!mine) return this.#mark(-1);
    const at_ms = (detail.track.offset_ms ?? 0) + (detail.position_ms ?? 0);
    this.#state = { playing: detail.state === "playing", at_ms, seen: performance.now() };
    this.#tick();
    if (this.#state.playing) this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  #tick() {
    const { playing, at_ms, seen } = this.#state;
    const now_ms = at_ms + (playing ? performance.now() - seen : 0);
    this.#mark(this.#lines.findLastIndex((line) => Number(line.dataset.ms) <= now_ms));
  }

  /** @param {number} index - of the line, or -1 for none */
  #mark(index) {
    const current = this.#lines[index];
    if (current?.hasAttribute("data-now")) return;
    for (const line of this.#lines) line.removeAttribute("data-now");
    if (!current) return;
    current.setAttribute("data-now", "");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = current.offsetTop - this.offsetTop - this.clientHeight / 2;
    this.scrollTo({ top, behavior: still ? "instant" : "smooth" });
  }
}

customElements.define("casset-lyrics", CassetLyrics);
