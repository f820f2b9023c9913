/**
 * One detached audio element and the generation it plays for. It reports what happened and decides nothing.
 * @typedef {(deck: Deck, type: string, detail?: object) => void} Listener
 */

/** Silence, but of real samples: enough to unlock an element that has nothing to play yet. */
const SILENCE = silence();
const HAVE_FUTURE_DATA = 3;

export class Deck {
  /** @param {Listener} listener */
  constructor(listener) {
    this.element = new Audio();
    this.element.preload = "auto";
    this.gen = -1;
    this.url = "";
    this.target_s = 0;
    this.pausing = false;
    this.failed = false;
    this.warmed = "";
    this.listener = listener;
    for (const type of ["playing", "waiting", "ended", "timeupdate"]) {
      this.element.addEventListener(type, () => this.listener(this, type));
    }
    this.element.addEventListener("pause", () => this.#paused());
    this.element.addEventListener("error", () => this.#fail(this.element.error?.code ?? 4));
    this.element.addEventListener("loadedmetadata", () => this.#reach());
  }

  get position_ms() {
    return this.element.currentTime * 1000;
  }

  /** Left by the element's own clock, which is exact once metadata is known; Infinity before. */
  get left_ms() {
    const { duration, currentTime } = this.element;
    return Number.isFinite(duration) ? (duration - currentTime) * 1000 : Infinity;
  }

  get sounding() {
    return !this.element.paused && !this.element.ended;
  }

  get ready() {
    return !this.failed && this.element.readyState >= HAVE_FUTURE_DATA;
  }

  /**
   * Load for a generation; a deck that already holds the address keeps its buffer.
   * @param {string} url @param {number} gen @param {number} at_ms @param {boolean} [force]
   */
  load(url, gen, at_ms, force = false) {
    this.gen = gen;
    const kept = this.url === url && !this.failed && !force;
    if (!kept) {
      this.failed = false;
      this.pausing = false;
      this.warmed = "";
      this.url = url;
      this.element.src = url;
    }
    this.target_s = at_ms / 1000;
    if (!kept || Math.abs(this.element.currentTime - this.target_s) > 0.01) this.element.currentTime = this.target_s;
  }

  /** @returns {Promise<void>} never rejects: refusals are reported */
  async play() {
    const gen = this.gen;
    try {
      await this.element.play();
    } catch (error) {
      if (gen !== this.gen) return;
      const name = error instanceof DOMException ? error.name : "";
      if (name === "NotAllowedError") this.listener(this, "notAllowed");
      else if (name !== "AbortError") this.#fail(4);
    }
  }

  pause() {
    if (this.element.paused) return;
    this.pausing = true;
    this.element.pause();
  }

  /** @param {number} at_ms */
  seek(at_ms) {
    this.target_s = at_ms / 1000;
    this.element.currentTime = this.target_s;
  }

  /** @param {number} volume @param {boolean} muted */
  level(volume, muted) {
    this.element.volume = volume;
    this.element.muted = muted;
  }

  /** Inside the first gesture: browsers that remember permission per element then let this one play later. */
  async unlock() {
    if (this.url) return;
    this.element.src = SILENCE;
    await this.element.play().catch(() => {});
    if (this.gen < 0) this.pause();
  }

  /** Run the decoder once, unheard, so that a later start costs a few milliseconds only. @param {boolean} muted */
  async warm(muted) {
    if (this.warmed === this.url || !this.ready) return;
    this.warmed = this.url;
    this.element.muted = true;
    await this.element.play().catch(() => {});
    if (this.gen >= 0) return;
    this.pause();
    this.element.currentTime = 0;
    this.element.muted = muted;
  }

  /** Some browsers drop a position set before metadata. */
  #reach() {
    const off_s = Math.abs(this.element.currentTime - this.target_s);
    if (this.target_s > 0 && off_s > 0.25) this.element.currentTime = this.target_s;
  }

  #paused() {
    const ours = this.pausing || this.element.ended;
    this.pausing = false;
    if (!ours && this.element.paused) this.listener(this, "halted");
  }

  /** @param {number} code a failure comes as an event and as a refused play(): report it once */
  #fail(code) {
    if (this.failed) return;
    this.failed = true;
    this.listener(this, "mediaError", { code });
  }
}

/** @returns {string} address of a 50 ms WAV, 8 kHz, 8 bit, mono */
function silence() {
  const samples = 400;
  const bytes = new Uint8Array(44 + samples).fill(128, 44);
  const view = new DataView(bytes.buffer);
  const text = (/** @type {number} */ at, /** @type {string} */ tag) => bytes.set(new TextEncoder().encode(tag), at);
  text(0, "RIFF");
  view.setUint32(4, 36 + samples, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8000, true);
  view.setUint32(28, 8000, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, "data");
  view.setUint32(40, samples, true);
  return URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
}
