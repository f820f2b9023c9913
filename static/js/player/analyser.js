import { engine } from "casset/player/engine";
import { levelsAt, parse } from "casset/player/spectrum";

/**
 * What visualizers draw. Live data where Web Audio may be trusted, else the spectrum made when the track was taken in.
 * `frequency` fills its array with 0..255 from low to high; `waveform` with samples around 128, or says false.
 * @typedef {{kind: "live"|"made", bins: number, frequency: (out: Uint8Array) => void,
 *   waveform: (out: Uint8Array) => boolean}} Source
 */

/** @type {Map<string, import("casset/player/spectrum").Spectrum|null>} null: asked for and not there (yet) */
const spectra = new Map();
const KEPT = 8;

/**
 * The source for now; ask again for every frame, it costs nothing. Looking never disturbs what plays: while neither
 * source is there the answer is null.
 * @returns {Source|null}
 */
export function analyser() {
  return live() ?? made();
}

/** @returns {Source|null} */
function live() {
  const { output } = engine;
  const node = output.graph.analyser;
  if (!node || !output.graph.gains.has(output.live)) {
    // Routing is decided while something sounds, after a gesture: a context cannot run before.
    if (engine.state.name === "playing") output.connect();
    return null;
  }
  if (output.graph.context?.state !== "running") return null;
  return {
    kind: "live",
    bins: node.frequencyBinCount,
    frequency: (out) => node.getByteFrequencyData(/** @type {Uint8Array<ArrayBuffer>} */ (out)),
    waveform: (out) => {
      node.getByteTimeDomainData(/** @type {Uint8Array<ArrayBuffer>} */ (out));
      return true;
    },
  };
}

/** @returns {Source|null} */
function made() {
  const { track } = engine;
  if (!track?.spectrum) return null;
  if (!spectra.has(track.spectrum)) fetchSpectrum(track.spectrum);
  const spectrum = spectra.get(track.spectrum);
  if (!spectrum) return null;
  return {
    kind: "made",
    bins: spectrum.bands,
    frequency: (out) => (engine.wanting ? levelsAt(spectrum, track.offset_ms + engine.position_ms, out) : out.fill(0)),
    waveform: () => false,
  };
}

/** @param {string} address */
async function fetchSpectrum(address) {
  spectra.set(address, null);
  const oldest = spectra.keys().next().value;
  if (spectra.size > KEPT && oldest !== undefined) spectra.delete(oldest);
  const answer = await fetch(address).catch(() => null);
  if (answer?.ok) spectra.set(address, parse(await answer.arrayBuffer()));
}
