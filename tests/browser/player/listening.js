/** Test helpers in the page: record the graph's outlet, find silences and first samples. */
import { engine } from "casset/player/engine";

const LOUD = 0.003;
let chunks = [];

export async function listen() {
  if (!(await engine.output.connect())) throw new Error("no running AudioContext");
  const { context, analyser } = engine.output.graph;
  await context.audioWorklet.addModule("/tests/recorder.js");
  const recorder = new AudioWorkletNode(context, "recorder");
  recorder.port.onmessage = ({ data }) => chunks.push(data);
  analyser.connect(recorder).connect(context.destination);
}

export function forget() {
  chunks = [];
}

function recording() {
  const all = new Float32Array(chunks.length * 128);
  chunks.forEach(([, samples], index) => all.set(samples, index * 128));
  return { first: chunks[0]?.[0] ?? 0, samples: all };
}

/** Longest silence between the first and the last loud sample, ms, and how long it sounded. */
export function silence() {
  const { samples } = recording();
  const rate = engine.output.graph.context.sampleRate;
  let last = -1;
  let longest = 0;
  let from = -1;
  samples.forEach((sample, index) => {
    if (Math.abs(sample) < LOUD) return;
    if (last >= 0) longest = Math.max(longest, index - last - 1);
    else from = index;
    last = index;
  });
  return { silence_ms: (longest / rate) * 1000, sounded_ms: ((last - from) / rate) * 1000 };
}

/** Root mean square per 20 ms between the loud ends. */
export function levels() {
  const { samples } = recording();
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

/** Milliseconds from a moment of the page's clock to the first loud sample after it, as it leaves the device. */
export function firstSample(clicked_ms) {
  const { context } = engine.output.graph;
  const { first, samples } = recording();
  const stamp = context.getOutputTimestamp();
  const clicked_s = stamp.contextTime + (clicked_ms - stamp.performanceTime) / 1000;
  const after = Math.max(0, Math.round(clicked_s * context.sampleRate - first));
  const at = samples.findIndex((sample, index) => index >= after && Math.abs(sample) >= LOUD);
  return at < 0 ? null : ((first + at) / context.sampleRate - clicked_s) * 1000;
}
