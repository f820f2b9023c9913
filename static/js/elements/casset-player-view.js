import { drawQueue } from "casset/elements/casset-player-queue";
import { engine } from "casset/player/engine";
import { explain } from "casset/player/faults";
import { draw } from "casset/player/peaks";
import { bytesOf } from "casset/player/playable";
import { settings } from "casset/player/settings";
import { sleeping } from "casset/player/sleep";
import { clock, spoken } from "casset/player/time";

/**
 * Brings the engine's state into the player's markup. Runs on every change and, for the moving parts, four times a
 * second; writes only what differs.
 * @typedef {import("casset/player/playable").Playable} Playable
 */

const BUSY = new Set(["unlocking", "loading", "buffering", "recovering"]);
const REPEAT_WORDS = { off: "off", all: "the queue", one: "this track" };
const SLEEP_WORDS = {
  off: "Sleep timer", track: "Stops after this track", 15: "15 min timer", 30: "30 min timer", 60: "60 min timer",
};
const RECONNECTING_AFTER = 2;

export class PlayerView {
  #shown = /** @type {Playable|null} */ (null);
  #peaks = new Uint8Array();
  #key = "";
  #dragging = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  render() {
    const { track, state } = engine;
    if (!track) return;
    this.root.hidden = false;
    document.body.dataset.player = "on";
    if (track !== this.#shown) this.#turn(track);
    this.root.dataset.state = BUSY.has(state.name) ? "loading" : engine.wanting ? "playing" : "paused";
    this.root.dataset.volume = engine.output.caps.volume ? "on" : "off";
    this.root.dataset.decks = engine.output.spare ? "two" : "one";
    this.#controls();
    this.#note(track);
    this.#problem();
    const list = /** @type {HTMLElement} */ (this.root.querySelector('[data-dialog="queue"]'));
    drawQueue(list, engine.queue);
    this.tick();
  }

  /** Position, and the waveform when a bar has been passed. @param {boolean} [resized] */
  tick(resized = false) {
    const { position_ms, duration_ms } = engine;
    if (this.root.hidden || this.#dragging) return;
    const share = duration_ms ? position_ms / duration_ms : 0;
    this.root.style.setProperty("--share", share.toFixed(4));
    for (const range of this.#inputs("seek")) {
      range.max = String(Math.max(1, Math.round(duration_ms / 1000)));
      range.value = String(position_ms / 1000);
      range.setAttribute("aria-valuetext", spoken(position_ms, duration_ms));
    }
    this.#text("position", clock(position_ms));
    this.#waves(share, resized);
  }

  /** The thumb is held: show where it would go. @param {HTMLInputElement} range */
  preview(range) {
    this.#dragging = true;
    const at_ms = Number(range.value) * 1000;
    range.setAttribute("aria-valuetext", spoken(at_ms, engine.duration_ms));
    this.#text("position", clock(at_ms));
    this.#waves(at_ms / engine.duration_ms, false);
  }

  release() {
    this.#dragging = false;
  }

  /** Another track, or the same one under another address. @param {Playable} track */
  #turn(track) {
    const whole = bytesOf(track.peaks);
    const at = (/** @type {number} */ ms) => Math.round((ms / track.track_ms) * whole.length);
    this.#peaks = whole.subarray(at(track.offset_ms), at(track.offset_ms + track.duration_ms));
    this.#key = `${track.id} ${track.scope}`;
    if (track.id !== this.#shown?.id) this.#text("announce", `${track.title} by ${track.artist}`);
    this.#shown = track;
    this.root.dataset.accent = track.cover.color;
    this.root.style.setProperty("--artist", track.cover.color);
    this.#link("title", track.title, track.url_page);
    this.#link("artist", track.artist, track.artist_url);
    this.#link("casset", track.casset, track.casset_url);
    this.#text("spine", `${track.artist} — ${track.casset}`);
    this.#text("whole", clock(track.track_ms));
    this.#text("duration", clock(track.duration_ms));
    for (const image of this.#all("cover")) this.#cover(/** @type {HTMLImageElement} */ (image), track);
  }

  /** @param {HTMLImageElement} image @param {Playable} track */
  #cover(image, { cover }) {
    const src = image.closest("dialog") ? cover.large : cover.small;
    image.hidden = !src;
    if (src) image.src = src;
  }

  #controls() {
    const { queue } = engine;
    const label = engine.wanting ? "Pause" : engine.state.name === "ready" && engine.position_ms ? "Resume" : "Play";
    this.#acts("toggle", (button) => { button.ariaLabel = label; });
    this.#acts("shuffle", (button) => { button.ariaPressed = String(queue.shuffled); });
    this.#acts("repeat", (button) => {
      button.ariaPressed = String(queue.repeat !== "off");
      button.ariaLabel = `Repeat: ${REPEAT_WORDS[queue.repeat]}`;
      button.dataset.repeat = queue.repeat;
    });
    const last = queue.repeat !== "all" && queue.at >= queue.order.length - 1;
    this.#acts("next", (button) => { button.ariaDisabled = String(last); });
    this.#acts("mute", (button) => { button.ariaPressed = String(settings.muted || settings.volume === 0); });
    for (const range of this.#inputs("volume")) this.#line(range, settings.muted ? 0 : settings.volume * 100);
    for (const range of this.#inputs("crossfade")) this.#line(range, settings.crossfade_s);
    for (const box of this.#inputs("shortcuts")) box.checked = settings.shortcuts;
    for (const radio of this.#inputs("sleep")) radio.checked = radio.value === sleeping();
    this.#text("crossfade", settings.crossfade_s ? `${settings.crossfade_s} s` : "Off");
    this.#text("sleep", SLEEP_WORDS[sleeping()]);
    for (const dot of this.#all("sleeping")) dot.hidden = sleeping() === "off";
  }

  /** @param {Playable} track */
  #note({ scope, duration_ms, track_ms }) {
    const waits = engine.state.name === "ready" && engine.position_ms > 0;
    const part = `${Math.round(duration_ms / 1000)} s of ${clock(track_ms)}`;
    const [name, more] = waits ? ["Resume", `at ${clock(engine.position_ms)}`] : ["Preview", part];
    this.#text("note-name", name);
    this.#text("note-more", waits ? ` ${more}` : ` · ${more}`);
    for (const badge of this.#all("note")) badge.hidden = !waits && scope !== "preview";
  }

  #problem() {
    const { name, reason, tries, dropped } = engine.state;
    const trouble = ["error", "denied", "blocked"].includes(name) ? explain(reason) : null;
    const waiting = name === "recovering" && tries >= RECONNECTING_AFTER ? "Waiting for the connection…" : "";
    const less = dropped ? "You no longer have this track in full. This is its preview." : "";
    const text = trouble?.text ?? (waiting || less);
    this.#text("message", text);
    for (const box of this.#all("problem")) box.hidden = !text;
    this.#acts("retry", (button) => { button.hidden = !trouble?.retry; });
    this.root.toggleAttribute("data-problem", text !== "");
  }

  /** @param {number} played share @param {boolean} again */
  #waves(played, again) {
    for (const canvas of this.#all("wave")) {
      const { clientWidth: width } = canvas;
      const look = [this.#key, Math.round(played * width), width, getComputedStyle(canvas).color].join();
      if (!again && canvas.dataset.look === look) continue;
      canvas.dataset.look = look;
      draw(/** @type {HTMLCanvasElement} */ (canvas), this.#peaks, { played, from: 0, to: 1 });
    }
  }

  /** @param {HTMLInputElement} range @param {number} value */
  #line(range, value) {
    range.value = String(value);
    range.style.setProperty("--at", String(value / Number(range.max)));
  }

  /**
   * htmx reads a link's address when it takes the link up, so it has to look again.
   * @param {string} name @param {string} text @param {string} href
   */
  #link(name, text, href) {
    for (const link of this.#all(name)) {
      link.textContent = text;
      link.setAttribute("href", href);
      /** @type {any} */ (window).htmx?.process(link);
    }
  }

  /** @param {string} name @param {string} text */
  #text(name, text) {
    for (const element of this.#all(name)) if (element.textContent !== text) element.textContent = text;
  }

  /** @param {string} name @returns {NodeListOf<HTMLElement>} */
  #all(name) {
    return this.root.querySelectorAll(`[data-show="${name}"]`);
  }

  /** @param {string} name @returns {NodeListOf<HTMLInputElement>} */
  #inputs(name) {
    return this.root.querySelectorAll(`[data-set="${name}"]`);
  }

  /** @param {string} name @param {(button: HTMLButtonElement) => void} change */
  #acts(name, change) {
    /** @type {NodeListOf<HTMLButtonElement>} */
    const buttons = this.root.querySelectorAll(`[data-act="${name}"]`);
    buttons.forEach(change);
  }
}
