/**
 * One track as the server hands it to the player. Times are in milliseconds, `expires` in unix seconds.
 * `duration_ms` is the length of what `src` plays, `track_ms` the whole track, `offset_ms` where `src` begins in it.
 * @typedef {{small: string, large: string, color: string}} Cover
 * @typedef {{id: number, title: string, artist: string, artist_url: string, casset: string, casset_id: number,
 *   url_page: string, casset_url: string, cover: Cover, src: string, expires: number, scope: "preview"|"full",
 *   duration_ms: number, track_ms: number, offset_ms: number, peaks: string, spectrum: string, ticket: string,
 *   lyrics: boolean}} Playable
 */

/** @type {WeakMap<Element, {text: string, track: Playable|null}>} */
const parsed = new WeakMap();

/**
 * The playable an element carries in `data-track`, parsed once per text.
 * @param {HTMLElement} holder @returns {Playable|null}
 */
export function playableOf(holder) {
  const text = holder.dataset.track ?? "";
  const known = parsed.get(holder);
  if (known?.text === text) return known.track;
  let track = null;
  try {
    track = JSON.parse(text);
  } catch {
    track = null;
  }
  parsed.set(holder, { text, track });
  return track;
}

/**
 * Where to go on when another file of the same track takes over (a full track that became its preview, say).
 * @param {Playable} from @param {Playable} to @param {number} at_ms position in `from`
 */
export function carry(from, to, at_ms) {
  const at = from.offset_ms + at_ms - to.offset_ms;
  return at >= 0 && at < to.duration_ms ? at : 0;
}

/**
 * @param {Playable} track @param {number} now_ms
 * @param {number} [margin_s] how long the address must stay good
 */
export function expired(track, now_ms, margin_s = 0) {
  return track.expires - margin_s <= now_ms / 1000;
}

/** @param {string} base64 bytes 0..255 @returns {Uint8Array} */
export function bytesOf(base64) {
  const text = atob(base64);
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
