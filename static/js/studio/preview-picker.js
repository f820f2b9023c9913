import { draw } from "casset/player/peaks";
import { bytesOf } from "casset/player/playable";
import { Audition } from "casset/studio/audition";
import { clamp, moved, read, span, spoken, written } from "casset/studio/preview-window";
import { toast } from "casset/toast";

/** `<casset-preview-picker>`: a window on the waveform, dragged or moved by keys. The form's own fields hold its place. */

class CassetPreviewPicker extends HTMLElement {
  #peaks = new Uint8Array();
  #whole = 0;
  #grip = 0; // where in the window the pointer holds it, ms
  #sizes = new ResizeObserver(() => this.#paint());
  #theme = new MutationObserver(() => this.#paint());
  /** @type {Audition | null} */
  #audition = null;

  connectedCallback() {
    this.#peaks = bytesOf(this.dataset.peaks ?? "");
    this.#whole = Number(this.dataset.whole);
    this.#audition = new Audition(JSON.parse(this.dataset.playable ?? "{}"), this.dataset.listen ?? "", (at) => this.#follow(at));
    this.dataset.live = "";
    for (const part of this.querySelectorAll("[data-picker], [data-audition], [data-span]")) part.removeAttribute("hidden");
    for (const name of ["pointerdown", "keydown", "input", "click"]) this.addEventListener(name, this);
    document.addEventListener("casset:player", this);
    this.#sizes.observe(this.#part("picker"));
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#paint();
  }

  disconnectedCallback() {
    document.removeEventListener("casset:player", this);
    this.#sizes.disconnect();
    this.#theme.disconnect();
    this.#audition?.close();
  }

  get start_ms() {
    const start = read(this.#field("start").value);
    return clamp(Number.isNaN(start) ? 0 : start, this.length_ms, this.#whole);
  }

  set start_ms(value) {
    this.#field("start").value = written(clamp(value, this.length_ms, this.#whole));
    this.#paint();
  }

  get length_ms() {
    const chosen = /** @type {HTMLInputElement | null} */ (this.querySelector('input[name="length"]:checked'));
    return Math.min(Number(chosen?.value ?? this.#whole), this.#whole);
  }

  /** @param {Event} event */
  handleEvent(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.type === "pointerdown") this.#grab(/** @type {PointerEvent} */ (event));
    else if (event.type === "keydown" && target.matches("[data-window]")) this.#press(/** @type {KeyboardEvent} */ (event));
    else if (event.type === "input") this.#changed(target);
    else if (event.type === "click" && target.closest("[data-audition]")) this.#listen();
    else if (event.type === "casset:player" && /** @type {CustomEvent} */ (event).detail.state === "playing") this.#audition?.stop();
  }

  /** Inside the window it is held where it was taken; elsewhere it comes to the pointer. @param {PointerEvent} event */
  #grab(event) {
    const picker = this.#part("picker");
    if (event.button !== 0 || !picker.contains(/** @type {Element} */ (event.target))) return;
    const { length_ms, start_ms } = this;
    const offset = this.#at(event) - start_ms;
    this.#grip = offset >= 0 && offset <= length_ms ? offset : length_ms / 2;
    picker.dataset.dragging = "";
    picker.setPointerCapture(event.pointerId);
    const drag = (/** @type {PointerEvent} */ move) => { this.start_ms = this.#at(move) - this.#grip; };
    const drop = () => {
      picker.removeEventListener("pointermove", drag);
      delete picker.dataset.dragging;
      if (this.#audition?.playing) this.#listen(true);
    };
    picker.addEventListener("pointermove", drag);
    picker.addEventListener("lostpointercapture", drop, { once: true });
    drag(event);
  }

  /** @param {PointerEvent} event @returns {number} ms in the track under the pointer */
  #at(event) {
    const { left, width } = this.#part("picker").getBoundingClientRect();
    return ((event.clientX - left) / width) * this.#whole;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const target = moved(event, this.start_ms, this.length_ms, this.#whole);
    if (target === undefined) return;
    event.preventDefault();
    this.start_ms = target;
  }

  /** @param {Element} target - a field of the form */
  #changed(target) {
    if (target.matches('[name="length"]')) this.start_ms = this.start_ms;
    else this.#paint();
  }

  /** Start or stop the audition. @param {boolean} [again] from the start, whatever it does now */
  #listen(again = false) {
    if (this.#audition?.playing && !again) return this.#audition.stop();
    this.#audition?.play(this.start_ms, this.length_ms).catch((error) => {
      if (error.name !== "AbortError") toast("The preview does not play just now. Try again in a moment.");
    });
    this.#face("playing");
  }

  /** @param {number | null} at_ms */
  #follow(at_ms) {
    const head = this.#part("head");
    head.hidden = at_ms === null;
    if (at_ms === null) this.#face("");
    else head.style.setProperty("--at", `${(100 * at_ms) / this.#whole}%`);
  }

  /** @param {string} state */
  #face(state) {
    const button = this.#part("audition");
    if (state) this.dataset.state = state;
    else delete this.dataset.state;
    button.ariaLabel = state ? "Stop" : "Hear the preview";
  }

  #paint() {
    const { start_ms, length_ms } = this;
    const [from, width] = [start_ms / this.#whole, length_ms / this.#whole];
    const frame = this.#part("window");
    frame.style.setProperty("--from", `${100 * from}%`);
    frame.style.setProperty("--width", `${100 * width}%`);
    frame.ariaValueMax = String(Math.round((this.#whole - length_ms) / 1000));
    frame.ariaValueNow = String(Math.round(start_ms / 1000));
    frame.ariaValueText = spoken(start_ms, length_ms);
    this.#part("span").textContent = span(start_ms, length_ms);
    const canvas = /** @type {HTMLCanvasElement} */ (this.#part("wave"));
    draw(canvas, this.#peaks, { played: from + width, from, to: from + width });
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.querySelector(`[data-${name}]`));
  }

  /** @param {string} name @returns {HTMLInputElement} */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.querySelector(`[name="${name}"]`));
  }
}

customElements.define("casset-preview-picker", CassetPreviewPicker);
