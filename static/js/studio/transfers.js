import { forget, recall, remember } from "casset/studio/memory";
import * as tus from "casset/studio/tus";

/**
 * The uploads of this tab. They live in the module, not in the page, and go on while the artist looks elsewhere.
 * @typedef {"waiting" | "sending" | "pausing" | "failed"} State
 * @typedef {{url: string, casset: string, title: string, page: string, chunk: number}} Place - where files go
 */

const AT_ONCE = 2;
const MOST_FAULTS = 8; // in a row, without a byte getting through
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const GONE = [404, 410];
const FINAL = [413, 415, 422]; // the file itself is the reason
const PASSING = [0, 408, 409, 423, 500, 502, 503, 504];

export class Transfer {
  /** @param {File} file @param {Place} place */
  constructor(file, place) {
    this.file = file;
    this.place = place;
    this.url = recall(file, place.casset);
    this.sent = 0;
    this.error = "";
    this.abort = new AbortController();
    this.faults = 0;
    this.final = false;
    /** @type {State} */
    this.state = "waiting";
  }

  /** @param {State} state @param {string} [error] */
  become(state, error = "") {
    this.state = state;
    this.error = error;
    changed();
  }
}

/** @type {Transfer[]} */
let transfers = [];
/** @type {Promise<string>} the last file that was announced to the server */
let creating = Promise.resolve("");
/** @type {Set<() => void>} */
const watchers = new Set();
/** @type {Set<(transfer: Transfer) => void>} */
const receivers = new Set();

export const all = () => transfers;

/** @param {() => void} watcher @returns {() => void} stops watching */
export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Be told, once each, of the files that arrived whole. @param {(transfer: Transfer) => void} receiver */
export function onArrival(receiver) {
  receivers.add(receiver);
}

/** Queue files. One that is on its way already is left alone. @param {Iterable<File>} files @param {Place} place */
export function add(files, place) {
  for (const file of files) {
    const twin = transfers.find((other) => same(other, file, place));
    if (twin) retry(twin);
    else transfers.push(new Transfer(file, place));
  }
  pump();
}

/** @param {Transfer} transfer - a failed one, to be tried again where it stopped */
export function retry(transfer) {
  if (transfer.state !== "failed") return;
  transfer.faults = 0;
  transfer.become("waiting");
  pump();
}

/** Stop it and have the server forget it. @param {Transfer} transfer */
export function cancel(transfer) {
  transfer.abort.abort();
  forget(transfer.file, transfer.place.casset);
  if (transfer.url) tus.remove(transfer.url).catch(() => {}); // what it cannot forget now expires by itself
  drop(transfer);
  pump();
}

/** @param {Transfer} transfer */
function drop(transfer) {
  transfers = transfers.filter((other) => other !== transfer);
}

/** @param {Transfer} other @param {File} file @param {Place} place */
function same(other, file, place) {
  return other.place.casset === place.casset && other.file.name === file.name
    && other.file.size === file.size && other.file.lastModified === file.lastModified;
}

/** @param {Transfer} transfer */
const isActive = ({ state }) => state === "sending" || state === "pausing";

function pump() {
  const waiting = transfers.filter(({ state }) => state === "waiting");
  const free = AT_ONCE - transfers.filter(isActive).length;
  for (const transfer of waiting.slice(0, Math.max(0, free))) run(transfer);
  changed();
}

/** @param {Transfer} transfer */
async function run(transfer) {
  transfer.state = "sending";
  try {
    await deliver(transfer);
    forget(transfer.file, transfer.place.casset);
    drop(transfer);
    for (const receiver of receivers) receiver(transfer);
  } catch (error) {
    if (transfer.abort.signal.aborted) return;
    transfer.final = error instanceof tus.TusError && FINAL.includes(error.status);
    transfer.become("failed", /** @type {Error} */ (error).message);
  } finally {
    pump();
  }
}

/** Send all of it, again and again over a connection that breaks. @param {Transfer} transfer */
async function deliver(transfer) {
  for (;;) {
    try {
      await attempt(transfer);
      return;
    } catch (error) {
      if (transfer.abort.signal.aborted || !(error instanceof tus.TusError)) throw error;
      if (GONE.includes(error.status) && transfer.url) startAnew(transfer);
      else if (!PASSING.includes(error.status) && !error.wait_ms) throw error;
      if (++transfer.faults > MOST_FAULTS) throw error;
      await pause(transfer, error);
    }
  }
}

/** @param {Transfer} transfer */
function startAnew(transfer) {
  forget(transfer.file, transfer.place.casset);
  transfer.url = "";
  transfer.sent = 0;
}

/** @param {Transfer} transfer */
async function attempt(transfer) {
  const { file, place, abort: { signal } } = transfer;
  if (transfer.url) {
    transfer.sent = await tus.offset(transfer.url, signal);
  } else {
    // One after the other, so that tracks come out in the order in which their files were chosen.
    creating = creating.catch(() => "").then(() => tus.create(place.url, file, place.casset, signal));
    transfer.url = await creating;
    remember(file, place.casset, transfer.url);
  }
  // Even a whole file is told once more that it is: the server may have missed the end of it.
  do {
    const at = transfer.sent;
    const onProgress = (/** @type {number} */ sent) => { transfer.sent = at + sent; changed(); };
    transfer.sent = await tus.append(transfer.url, file.slice(at, at + place.chunk), at, { signal, onProgress });
    transfer.faults = 0;
    changed();
  } while (transfer.sent < file.size);
}

/** Wait before the next try; less when the connection comes back. @param {Transfer} transfer @param {tus.TusError} error */
async function pause(transfer, error) {
  transfer.become("pausing", error.message);
  const back_off = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (transfer.faults - 1));
  const { signal } = transfer.abort;
  await new Promise((resolve) => {
    setTimeout(resolve, Math.max(error.wait_ms, back_off));
    addEventListener("online", resolve, { once: true, signal });
    signal.addEventListener("abort", resolve, { once: true });
  });
  signal.throwIfAborted();
  transfer.become("sending");
}

let guarded = false;

function changed() {
  const busy = transfers.some((transfer) => isActive(transfer) || transfer.state === "waiting");
  if (busy !== guarded) {
    // Only while it matters: a page with this listener cannot be kept ready for "Back".
    (busy ? addEventListener : removeEventListener)("beforeunload", hold);
    guarded = busy;
  }
  for (const watcher of watchers) watcher();
}

/** @param {BeforeUnloadEvent} event */
function hold(event) {
  event.preventDefault();
}
