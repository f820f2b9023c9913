/**
 * The spectrum made when a track was taken in (see audio/decoder/levels.py): a few bands, twenty times a second.
 * @typedef {{bands: number, fps: number, frames: number, levels: Uint8Array}} Spectrum levels 0..255, frame by frame
 */

const MAGIC = "CSP1";
const HEADER_BYTES = 12;
/** A nibble 0..15 as a byte 0..255. */
const SCALE = 17;

/** @param {ArrayBuffer} file @returns {Spectrum|null} null when it is something else, or cut short */
export function parse(file) {
  if (file.byteLength < HEADER_BYTES) return null;
  const view = new DataView(file);
  const magic = String.fromCharCode(...new Uint8Array(file, 0, MAGIC.length));
  const [bands, fps, frames] = [view.getUint8(4), view.getUint8(5), view.getUint32(8, true)];
  const stride = (bands + 1) >> 1;
  if (magic !== MAGIC || !fps || file.byteLength < HEADER_BYTES + frames * stride) return null;
  const bytes = new Uint8Array(file, HEADER_BYTES);
  const levels = new Uint8Array(frames * bands);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      const pair = bytes[frame * stride + (band >> 1)];
      levels[frame * bands + band] = SCALE * (band & 1 ? pair >> 4 : pair & 15);
    }
  }
  return { bands, fps, frames, levels };
}

/**
 * The levels at a moment of the whole track, between two frames in proportion, stretched over `out`.
 * @param {Spectrum} spectrum @param {number} at_ms @param {Uint8Array} out
 */
export function levelsAt({ bands, fps, frames, levels }, at_ms, out) {
  const at = Math.min(Math.max(0, (at_ms / 1000) * fps), Math.max(0, frames - 1));
  const first = Math.floor(at) * bands;
  const second = Math.min(Math.floor(at) + 1, Math.max(0, frames - 1)) * bands;
  const share = at % 1;
  for (let i = 0; i < out.length; i++) {
    const band = Math.floor((i * bands) / out.length);
    out[i] = Math.round(levels[first + band] * (1 - share) + levels[second + band] * share);
  }
}
