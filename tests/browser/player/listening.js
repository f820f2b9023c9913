/** Test helpers in the page: record the graph's outlet, find silences and first samples. */
import { engine } from "casset/player/engine";

const LOUD = 0.003;
const BLOCK = 128;
const HARDLY = 16; // samples: a sine passes through zero
let chunks = [];
let tapped_s = 0;
let offset_s = 0;

export async function listen() {
  if (!(await engine.output.connect())) throw new Error("no running AudioContext");
  const { context, analyser } = engine.output.graph;
  await context.audioWorklet.addModule("/tests/recorder.js");
  const recorder = new AudioWorkletNode(context, "recorder");
  recorder.port.onmessage = ({ data }) => chunks.push(data);
  analyser.connect(recorder).connect(context.destination);
  // A fresh context has no output clock yet.
  while (context.getOutputTimestamp().contextTime < 0.3) await new Promise((resolve) => { setTimeout(resolve, 20); });
  addEventListener("click", ({ timeStamp }) => {
    offset_s = offset();
    tapped_s = timeStamp / 1000 + offset_s;
  }, true);
}

/** Audio clock minus page clock, seconds. */
function offset() {
  const { contextTime, performanceTime } = engine.output.graph.context.getOutputTimestamp();
  return contextTime - performanceTime / 1000;
}

/** How far the audio clock fell behind since the tap, ms: a busy machine makes it stand still now and then. */
export function slip() {
  return (offset_s - offset()) * 1000;
}

export function forget() {
  chunks = [];
}

/** What was recorded, end to end. A loaded machine skips blocks now and then: they are left out. */
function recording() {
  const all = new Float32Array(chunks.length * BLOCK);
  chunks.forEach(([, samples], index) => all.set(samples, index * BLOCK));
  return all;
}

/**
 * Longest silence between the first and the last loud sample, ms, and how long it sounded. Skipped blocks count only
 * beside silence that was recorded.
 */
export function silence() {
  const rate = engine.output.graph.context.sampleRate;
  let [from, last, quiet, longest] = [-1, -1, 0, 0];
  for (const [frame, samples] of chunks) {
    samples.forEach((sample, index) => {
      quiet += 1;
      if (Math.abs(sample) < LOUD) return;
      const at = frame + index;
      if (from < 0) from = at;
      else if (quiet > HARDLY) longest = Math.max(longest, at - last - 1);
      [last, quiet] = [at, 0];
    });
  }
  return { silence_ms: (longest / rate) * 1000, sounded_ms: ((last - from) / rate) * 1000 };
}

/** Root mean square per 20 ms between the loud ends. */
export function levels() {
  const samples = recording();
  const size = Math.round(engine.output.graph.context.sampleRate / 50);
  const out = [];
  for (let at = 0; at + size <= samples.length; at += size) {
    let sum = 0;
    for (let i = at; i < at + size; i++) sum += samples[i] ** 2;
    out.push(Math.sqrt(sum / size));
  }
  const loud = out.map((value, index) => (value > LOUD ? index : -1)).filter((index) => index >= 0);
  return out.slice(loud[0] + 2, loud.at(-1) - 1);
}

/** Milliseconds from the last tap to the first loud sample after it, as it leaves the device. */
export function firstSample() {
  const rate = engine.output.graph.context.sampleRate;
  const tapped = tapped_s * rate;
  for (const [frame, samples] of chunks) {
    const at = samples.findIndex((sample, index) => frame + index >= tapped && Math.abs(sample) >= LOUD);
    if (at >= 0) return ((frame + at - tapped) / rate) * 1000;
  }
  return null;
}
