/** Draws a waveform of peaks 0..255 as bars; colours come from CSS. */

const BAR_PX = 2;
const GAP_PX = 1;
const LEAST_PX = 2;
const FAINT = 0.38;
const MAX_RATIO = 2;

/**
 * @param {HTMLCanvasElement} canvas sized by CSS; played bars take its `color`, the others its `outline-color`
 * @param {Uint8Array} peaks over the whole width
 * @param {{played: number, from: number, to: number}} shares 0..1 of the width: played up to, audible from and to
 */
export function draw(canvas, peaks, { played, from, to }) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext("2d");
  if (!context || !width || !height || !peaks.length) return;
  const ratio = Math.min(MAX_RATIO, devicePixelRatio);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  const { color, outlineColor } = getComputedStyle(canvas);
  const pitch = BAR_PX + GAP_PX;
  const count = Math.floor(width / pitch);
  for (let bar = 0; bar < count; bar++) {
    const share = (bar + 0.5) / count;
    const tall = Math.max(LEAST_PX, (loudest(peaks, bar / count, (bar + 1) / count) / 255) * height);
    context.globalAlpha = share < from || share > to ? FAINT : 1;
    context.fillStyle = share >= from && share <= played ? color : outlineColor;
    context.fillRect(bar * pitch, (height - tall) / 2, BAR_PX, tall);
  }
}

/** @param {Uint8Array} peaks @param {number} from @param {number} to shares 0..1 */
function loudest(peaks, from, to) {
  const first = Math.floor(from * peaks.length);
  const last = Math.max(first + 1, Math.ceil(to * peaks.length));
  return Math.max(...peaks.subarray(first, last));
}
