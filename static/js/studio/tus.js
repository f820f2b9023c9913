import { csrfToken } from "casset/csrf";

/** Resumable uploads over the wire: the tus 1.0 protocol as our server speaks it. One function per request. */

const VERSION = "1.0.0";
const PIECE = "application/offset+octet-stream";

/** The server's refusal, or a connection that broke (`status` 0). `wait_ms` is how long the server asked to wait. */
export class TusError extends Error {
  /** @param {number} status @param {string} sentence @param {number} [wait_ms] */
  constructor(status, sentence, wait_ms = 0) {
    super(sentence);
    this.status = status;
    this.wait_ms = wait_ms;
  }
}

/**
 * Open an upload. @param {string} url @param {File} file @param {string} casset - its id
 * @param {AbortSignal} signal @returns {Promise<string>} the upload's own address
 */
export async function create(url, file, casset, signal) {
  const metadata = `filename ${base64(file.name)},casset ${base64(casset)}`;
  const answer = await send("POST", url, { "Upload-Length": String(file.size), "Upload-Metadata": metadata }, { signal });
  return answer.getResponseHeader("Location") ?? "";
}

/** @param {string} url @param {AbortSignal} signal @returns {Promise<number>} bytes that the server has */
export async function offset(url, signal) {
  return offsetOf(await send("HEAD", url, {}, { signal }));
}

/**
 * Send the piece of a file that begins at a byte.
 * @param {string} url @param {Blob} piece @param {number} at
 * @param {{signal: AbortSignal, onProgress: (sent: number) => void}} options - `sent` bytes of this piece
 * @returns {Promise<number>} bytes that the server has now
 */
export async function append(url, piece, at, options) {
  const headers = { "Upload-Offset": String(at), "Content-Type": PIECE };
  return offsetOf(await send("PATCH", url, headers, { ...options, body: piece }));
}

/** Have the server forget an upload. @param {string} url */
export async function remove(url) {
  await send("DELETE", url, {}, { signal: new AbortController().signal });
}

/**
 * @param {string} method @param {string} url @param {Record<string, string>} headers
 * @param {{signal: AbortSignal, body?: Blob, onProgress?: (sent: number) => void}} options
 * @returns {Promise<XMLHttpRequest>} only for 2xx; raises TusError otherwise, and AbortError when aborted
 */
function send(method, url, headers, { signal, body, onProgress }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    request.open(method, url);
    const all = { Accept: "application/json", "Tus-Resumable": VERSION, "X-CSRFToken": csrfToken(), ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress?.(event.loaded);
    request.onload = () => (request.status >= 200 && request.status < 300 ? resolve(request) : reject(refusal(request)));
    request.onerror = () => reject(new TusError(0, "The connection was lost."));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/** @param {XMLHttpRequest} request */
function refusal(request) {
  const wait_ms = 1000 * Number(request.getResponseHeader("Retry-After") ?? 0);
  return new TusError(request.status, sentence(request), wait_ms);
}

/** The server's own words, or ours when it sent a page. @param {XMLHttpRequest} request */
function sentence(request) {
  const type = request.getResponseHeader("Content-Type") ?? "";
  if (type.startsWith("text/plain") && request.responseText) return request.responseText;
  if (type.startsWith("application/json")) return JSON.parse(request.responseText).error ?? "";
  if (request.status === 403) return "This page has been open for too long. Reload it and choose the file again.";
  return "The server could not take the file just now.";
}

/** @param {XMLHttpRequest} request */
function offsetOf(request) {
  return Number(request.getResponseHeader("Upload-Offset") ?? 0);
}

/** @param {string} text */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
