import { add, all, cancel, onArrival, retry, watch } from "casset/studio/transfers";
import { toast } from "casset/toast";

/**
 * `<casset-upload>`: choose or drop files, watch them go. The transfers themselves live on when this leaves the page.
 * @typedef {import("casset/studio/transfers").Transfer} Transfer
 */

const MEGABYTE = 1024 * 1024;

class CassetUpload extends HTMLElement {
  /** @type {Map<Transfer, HTMLElement>} */
  #rows = new Map();
  #stop = () => {};

  connectedCallback() {
    this.dataset.live = "";
    this.#stop = watch(() => this.#show());
    for (const name of ["change", "click", "dragenter", "dragover", "dragleave", "drop"]) this.addEventListener(name, this);
    this.#show();
  }

  disconnectedCallback() {
    this.#stop();
    this.#rows.clear();
  }

  /** @param {Event} event */
  handleEvent(event) {
    if (event.type === "change") this.#chosen(/** @type {HTMLInputElement} */ (event.target));
    else if (event.type === "click") this.#pressed(/** @type {Element} */ (event.target));
    else this.#dragged(/** @type {DragEvent} */ (event));
  }

  /** @param {HTMLInputElement} input */
  #chosen(input) {
    if (input.type !== "file") return;
    this.#take([...(input.files ?? [])]);
    input.value = "";
  }

  /** @param {DragEvent} event */
  #dragged(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const over = event.type === "dragenter" || event.type === "dragover";
    const zone = /** @type {HTMLElement} */ (this.querySelector(".drop"));
    zone.toggleAttribute("data-over", over);
    if (event.type === "drop") this.#take([...event.dataTransfer.files]);
  }

  /** @param {File[]} files */
  #take(files) {
    const { url = "", casset = "", title = "", page = "" } = this.dataset;
    add(files, { url, casset, title, page, chunk: Number(this.dataset.chunk) });
  }

  /** @param {Element} target */
  #pressed(target) {
    const row = target.closest(".transfer");
    const transfer = [...this.#rows].find(([, element]) => element === row)?.[0];
    if (!transfer) return;
    if (target.closest("[data-cancel]")) cancel(transfer);
    else if (target.closest("[data-retry]")) retry(transfer);
  }

  #show() {
    const mine = all().filter((transfer) => transfer.place.casset === this.dataset.casset);
    for (const [transfer, row] of this.#rows) {
      if (mine.includes(transfer)) continue;
      row.remove();
      this.#rows.delete(transfer);
    }
    for (const transfer of mine) this.#paint(transfer);
    const known = new Set(mine.map((transfer) => transfer.url));
    for (const row of this.querySelectorAll("[data-upload]")) {
      /** @type {HTMLElement} */ (row).hidden ||= known.has(/** @type {HTMLElement} */ (row).dataset.upload ?? "");
    }
  }

  /** @param {Transfer} transfer */
  #paint(transfer) {
    const row = this.#rows.get(transfer) ?? this.#newRow(transfer);
    const { state, sent, file, error } = transfer;
    if (row.dataset.state !== state && state === "failed") this.say(`${file.name}: ${error}`);
    row.dataset.state = state;
    find(row, "[data-state-text]").textContent = told(transfer);
    const bar = /** @type {HTMLProgressElement} */ (find(row, "progress"));
    bar.value = file.size ? sent / file.size : 0;
    bar.hidden = state === "failed";
    find(row, "[data-retry]").hidden = state !== "failed" || transfer.final;
  }

  /** @param {Transfer} transfer */
  #newRow(transfer) {
    const template = /** @type {HTMLTemplateElement} */ (this.querySelector("template"));
    const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const row = /** @type {HTMLElement} */ (copy.firstElementChild);
    const { name } = transfer.file;
    find(row, "[data-name]").textContent = name;
    find(row, "progress").ariaLabel = name;
    find(row, "[data-cancel]").ariaLabel = `Cancel ${name}`;
    find(row, "[data-retry]").ariaLabel = `Try ${name} again`;
    find(this, "[data-transfers]").append(row);
    this.#rows.set(transfer, row);
    return row;
  }

  /** For screen readers. @param {string} sentence */
  say(sentence) {
    find(this, "[data-said]").textContent = sentence;
  }
}

/** @param {Element} root @param {string} selector */
function find(root, selector) {
  return /** @type {HTMLElement} */ (root.querySelector(selector));
}

/** @param {Transfer} transfer */
function told({ state, error, sent, file }) {
  if (state === "waiting") return "Waiting";
  if (state === "failed") return error;
  if (state === "pausing") return `${error} It goes on by itself.`;
  return sent < file.size ? amount(sent, file.size) : "Finishing";
}

/** @param {number} sent @param {number} size */
function amount(sent, size) {
  if (size < MEGABYTE) return `${Math.floor((100 * sent) / size)} %`;
  const [now, whole] = [sent, size].map((bytes) => (bytes / MEGABYTE).toFixed(size < 10 * MEGABYTE ? 1 : 0));
  return `${now} of ${whole} MB`;
}

/** A whole file is a track now: the list shows it, or a corner of another page tells of it. */
onArrival(({ file, place }) => {
  const shown = document.querySelector(`casset-upload[data-casset="${CSS.escape(place.casset)}"]`);
  if (shown instanceof CassetUpload) {
    shown.say(`${file.name} is uploaded.`);
    document.querySelector("#tracks [data-refresh]")?.dispatchEvent(new CustomEvent("refresh"));
  } else {
    toast(`${file.name} is uploaded to “${place.title}”.`);
  }
});

customElements.define("casset-upload", CassetUpload);
