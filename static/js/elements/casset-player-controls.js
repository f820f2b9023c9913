import { PlayerView } from "casset/elements/casset-player-view";
import { engine } from "casset/player/engine";
import { repeat, shuffle } from "casset/player/keyboard";
import * as queues from "casset/player/queue";
import { settings } from "casset/player/settings";
import { sleep } from "casset/player/sleep";

/** Turns taps on the player into orders to the engine. What it shows is the view's affair. */
export class PlayerControls {
  #root;
  #view;

  /** @param {HTMLElement} root the casset-player element */
  constructor(root) {
    this.#root = root;
    this.#view = new PlayerView(root);
    root.addEventListener("click", (event) => this.#clicked(event));
    root.addEventListener("input", (event) => this.#moved(/** @type {HTMLInputElement} */ (event.target)));
    root.addEventListener("change", (event) => this.#set(/** @type {HTMLInputElement} */ (event.target)));
    engine.subscribe(() => this.#view.render());
    engine.watch(() => this.#view.tick());
    new ResizeObserver(() => this.#view.tick(true)).observe(root);
    document.addEventListener("casset:slept", () => this.#view.render());
    this.#view.render();
  }

  /** @type {Record<string, (button: HTMLElement) => void>} */
  #acts = {
    toggle: () => engine.toggle(),
    prev: () => engine.prev(),
    next: () => engine.next(),
    shuffle,
    repeat,
    mute: () => engine.set({ muted: !settings.muted }),
    retry: () => engine.resume(),
    open: () => this.#open("open"),
    queue: () => this.#open("queue"),
    options: () => this.#open("options"),
    close: (button) => button.closest("dialog")?.close(),
    jump: (button) => engine.jump(indexOf(button)),
    up: (button) => this.#move(button, -1),
    down: (button) => this.#move(button, 1),
    remove: (button) => this.#remove(button),
  };

  /** @param {MouseEvent} event */
  #clicked({ target }) {
    if (!(target instanceof Element)) return;
    const button = /** @type {HTMLElement|null} */ (target.closest("[data-act]"));
    if (button) this.#acts[button.dataset.act ?? ""]?.(button);
    // A tap on the backdrop lands on the dialog itself; a link leads to a page that the dialog would hide.
    else if (target instanceof HTMLDialogElement) target.close();
    else if (target.closest("a")) this.#root.querySelectorAll("dialog").forEach((dialog) => dialog.close());
  }

  /** While a slider moves. @param {HTMLInputElement} input */
  #moved(input) {
    if (input.dataset.set === "seek") this.#view.preview(input);
    if (input.dataset.set === "volume") engine.set({ volume: Number(input.value) / 100, muted: false });
    if (input.dataset.set === "crossfade") engine.set({ crossfade_s: Number(input.value) });
  }

  /** Once it has been chosen. @param {HTMLInputElement} input */
  #set(input) {
    if (input.dataset.set === "seek") {
      this.#view.release();
      engine.seek(Number(input.value) * 1000);
    }
    if (input.dataset.set === "sleep") sleep(/** @type {import("casset/player/sleep").Choice} */ (input.value));
    if (input.dataset.set === "shortcuts") engine.set({ shortcuts: input.checked });
    this.#view.render();
  }

  /** @param {string} name */
  #open(name) {
    const dialog = /** @type {HTMLDialogElement} */ (this.#root.querySelector(`[data-dialog="${name}"]`));
    if (!dialog.open) dialog.showModal();
    this.#view.tick(true);
    if (name === "queue") dialog.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }

  /** @param {HTMLElement} button @param {number} by */
  #move(button, by) {
    const at = indexOf(button);
    engine.arrange((queue) => queues.move(queue, at, at + by));
    this.#focus(at + by, button.dataset.act ?? "");
  }

  /** @param {HTMLElement} button */
  #remove(button) {
    const at = indexOf(button);
    engine.arrange((queue) => queues.remove(queue, queue.order[at]));
    this.#focus(Math.min(at, engine.queue.order.length - 1), "remove");
  }

  /** The rows were drawn anew: the focus stays with what was worked on. @param {number} at @param {string} act */
  #focus(at, act) {
    const row = this.#root.querySelectorAll(".pl-row")[at];
    const wanted = row?.querySelector(`[data-act="${act}"]:not(:disabled)`) ?? row?.querySelector(".pl-jump");
    /** @type {HTMLElement|null|undefined} */ (wanted)?.focus();
  }
}

/** @param {HTMLElement} button in a row of the queue @returns {number} */
function indexOf(button) {
  const row = /** @type {HTMLElement} */ (button.closest(".pl-row"));
  return [.../** @type {Element} */ (row.parentElement).children].indexOf(row);
}
