import { MAX_TRIES, backoff } from "casset/player/backoff";
import { carry } from "casset/player/playable";

/**
 * The player as a pure state machine: `reduce(state, event) → {state, effects}`. It knows no clock, no network and no
 * element. Every load gets a generation number; events of an older generation are dropped, so that the AbortErrors
 * and late `playing`s of superseded loads need no further care.
 *
 * @typedef {import("casset/player/playable").Playable} Playable
 * @typedef {"idle"|"unlocking"|"loading"|"ready"|"playing"|"buffering"|"fading"|"paused"|"interrupted"|"recovering"|
 *   "blocked"|"denied"|"ended"|"error"} Name
 * @typedef {{name: Name, gen: number, track: Playable|null, at_ms: number, wants: boolean, unlocked: boolean,
 *   tries: number, fault: ""|"stall"|"media", dropped: boolean, reason: string}} State
 * @typedef {{type: string, gen?: number, track?: Playable, at_ms?: number, code?: number, status?: number,
 *   reason?: string, retry_ms?: number, fade_ms?: number, sounding?: boolean}} Event
 * @typedef {{do: string, [key: string]: any}} Effect
 * @typedef {{state: State, effects: Effect[]}} Step
 */

export const BUFFER_MS = 4_000;
export const LOAD_MS = 10_000;
export const SETTLE_MS = 5_000;

/** @type {State} */
export const START = Object.freeze({
  name: "idle", gen: 0, track: null, at_ms: 0, wants: false, unlocked: false, tries: 0, fault: "", dropped: false,
  reason: "",
});

const STARTING = new Set(["unlocking", "loading"]);
const SOUNDING = new Set(["playing", "buffering", "fading"]);
const HELD = new Set(["paused", "interrupted"]);
const WAITING = new Set(["unlocking", "loading", "buffering"]);

/** @param {State} state @param {Partial<State>} change @param {...Effect} effects @returns {Step} */
const step = (state, change, ...effects) => ({ state: { ...state, ...change }, effects });
/** @param {State} state @returns {Step} */
const same = (state) => ({ state, effects: [] });
const CLEAR = { do: "clear" };
/** @param {number} ms @param {string} then */
const wait = (ms, then) => ({ do: "wait", ms, then });

/** @param {State} state @param {Event} event @param {() => number} random @returns {Step} */
export function reduce(state, event, random) {
  if (event.gen !== undefined && event.gen !== state.gen) return same(state);
  const handler = ON[event.type];
  return handler ? handler(state, event, random) : same(state);
}

/** @param {State} state @param {Playable} track @param {number} at_ms @returns {Step} */
function begin(state, track, at_ms) {
  const gen = state.gen + 1;
  const change = { track, at_ms, gen, wants: true, tries: 0, fault: "", dropped: false, reason: "" };
  const effects = [{ do: "load", track, at_ms, gen }, { do: "play", gen }, wait(LOAD_MS, "stalled")];
  // The second element is unlocked in the same gesture, but only after the first has been told to play.
  if (!state.unlocked) effects.push({ do: "unlock" });
  return step(state, { ...change, name: state.unlocked ? "loading" : "unlocking" }, ...effects);
}

/**
 * Load the same or a fresh file while recovering.
 * @param {State} state @param {Playable} track @param {number} at_ms @returns {Step}
 */
function reload(state, track, at_ms) {
  const gen = state.gen + 1;
  const load = { do: "load", track, at_ms, gen, force: true };
  if (!state.wants) return step(state, { name: "ready", track, at_ms, gen }, CLEAR);
  const change = { name: "recovering", track, at_ms, gen };
  return step(state, change, load, { do: "play", gen }, wait(LOAD_MS, "stalled"));
}

/** @param {State} state @param {string} reason @returns {Step} */
const fail = (state, reason) => step(state, { name: "error", reason }, { do: "pause" }, CLEAR);

/** @param {State} state @param {() => number} random @param {number} [at_least_ms] @returns {Step} */
function retryLater(state, random, at_least_ms = 0) {
  if (state.tries >= MAX_TRIES) return fail(state, "network");
  const ms = Math.max(at_least_ms, backoff(state.tries, random));
  return step(state, { name: "recovering", tries: state.tries + 1 }, wait(ms, "retry"));
}

/** @param {State} state @param {"stall"|"media"} fault @param {number} [at_ms] @returns {Step} */
function investigate(state, fault, at_ms) {
  const change = { name: "recovering", fault, at_ms: at_ms || state.at_ms };
  return step(state, change, CLEAR, { do: "probe", gen: state.gen });
}

/**
 * What the address itself answered.
 * @type {(state: State, event: Event, random: () => number) => Step}
 */
function probed(state, { status = 0, reason = "", retry_ms = 0 }, random) {
  if (state.name !== "recovering" || !state.track) return same(state);
  if (status === 403) {
    if (state.tries >= 3) return step(state, { name: "denied", reason: "denied" }, { do: "pause" }, CLEAR);
    const dropped = reason === "revoked" || reason === "foreign";
    const change = { tries: state.tries + 1, dropped: state.dropped || dropped };
    return step(state, change, { do: "refresh", gen: state.gen });
  }
  if (status === 409) return fail(state, "processing");
  if (status === 404 || status === 410) return fail(state, "gone");
  if (status === 0 || status === 429 || status >= 500) return retryLater(state, random, retry_ms);
  if (state.tries === 0) return reload({ ...state, tries: 1 }, state.track, state.at_ms);
  // Reachable but slow is not broken: give the connection time, and give up only after all tries.
  return state.fault === "stall" ? retryLater(state, random) : fail(state, "unplayable");
}

/** Stopped from outside: a call, another app, unplugged headphones. @type {(state: State, event: Event) => Step} */
function halted(state, { at_ms }) {
  if (!SOUNDING.has(state.name)) return same(state);
  return step(state, { name: "interrupted", at_ms: at_ms ?? state.at_ms }, CLEAR);
}

/** @type {Record<string, (state: State, event: Event, random: () => number) => Step>} */
const ON = {
  play: (state, { track, at_ms = 0 }) => (track ? begin(state, track, at_ms) : same(state)),
  cue(state, { track, at_ms = 0 }) {
    const change = { track, at_ms, gen: state.gen + 1, wants: false, reason: "" };
    return step(state, { ...change, name: "ready" }, { do: "pause" }, CLEAR);
  },
  resume(state) {
    if (!state.track || SOUNDING.has(state.name) || STARTING.has(state.name)) return same(state);
    if (!HELD.has(state.name)) return begin(state, state.track, state.name === "ended" ? 0 : state.at_ms);
    return step(state, { name: "loading", wants: true }, { do: "play", gen: state.gen }, wait(LOAD_MS, "stalled"));
  },
  pause(state, { at_ms }) {
    const change = { wants: false, at_ms: at_ms ?? state.at_ms };
    // A deck under repair holds nothing that could be resumed, so the next tap has to load again.
    const gen = state.gen + 1;
    if (state.name === "recovering") return step(state, { ...change, name: "ready", gen }, { do: "pause" }, CLEAR);
    if (!SOUNDING.has(state.name) && !STARTING.has(state.name) && state.name !== "interrupted") return same(state);
    return step(state, { ...change, name: "paused" }, { do: "pause" }, CLEAR);
  },
  seek(state, { at_ms = 0 }) {
    if (!state.track) return same(state);
    if (state.name === "ended") return step(state, { name: "paused", at_ms }, { do: "seek", at_ms });
    const held = SOUNDING.has(state.name) || STARTING.has(state.name) || HELD.has(state.name);
    return held ? step(state, { at_ms }, { do: "seek", at_ms }) : step(state, { at_ms });
  },
  playing(state) {
    const name = state.name === "fading" ? "fading" : "playing";
    const change = { name, wants: true, unlocked: true, reason: "" };
    return step(state, change, state.tries ? wait(SETTLE_MS, "settled") : CLEAR);
  },
  settled: (state) => (state.name === "playing" ? step(state, { tries: 0, fault: "" }) : same(state)),
  waiting(state, { at_ms }) {
    if (state.name !== "playing" && state.name !== "fading") return same(state);
    return step(state, { name: "buffering", at_ms: at_ms ?? state.at_ms }, wait(BUFFER_MS, "stalled"));
  },
  stalled(state, { at_ms }) {
    return WAITING.has(state.name) || state.name === "recovering" ? investigate(state, "stall", at_ms) : same(state);
  },
  mediaError(state, { code = 0, at_ms }) {
    if (code === 1 || !state.track || ["error", "denied", "idle"].includes(state.name)) return same(state);
    return investigate(state, "media", at_ms);
  },
  aborted: same,
  notAllowed(state) {
    if (state.name !== "fading" || !state.track) {
      return step(state, { name: "blocked", wants: false, reason: "blocked" }, CLEAR);
    }
    const { state: next, effects } = begin(state, state.track, 0);
    return { state: next, effects: [{ do: "single" }, ...effects] };
  },
  probed,
  refreshed(state, { track }) {
    if (state.name !== "recovering" || !state.track || !track) return same(state);
    return reload(state, track, carry(state.track, track, state.at_ms));
  },
  refused(state, { status = 0 }, random) {
    if (state.name !== "recovering") return same(state);
    if (status === 0 || status === 429 || status >= 500) return retryLater(state, random);
    return step(state, { name: "denied", reason: status === 404 ? "gone" : "denied" }, { do: "pause" }, CLEAR);
  },
  retry: (state) => (state.name === "recovering" ? step(state, {}, { do: "probe", gen: state.gen }) : same(state)),
  online(state) {
    if (state.name === "recovering") return step(state, {}, CLEAR, { do: "probe", gen: state.gen });
    const lost = state.name === "error" && state.reason === "network" && state.wants && state.track;
    return lost ? begin(state, lost, state.at_ms) : same(state);
  },
  halted,
  sync(state, { sounding, at_ms }) {
    if (sounding && HELD.has(state.name)) return step(state, { name: "playing", wants: true });
    return sounding ? same(state) : halted(state, { type: "halted", at_ms });
  },
  frozen(state, { at_ms = 0 }) {
    if (state.name !== "playing" || !state.track) return same(state);
    const next = reload(state, state.track, at_ms);
    return { state: next.state, effects: [{ do: "rebuild" }, ...next.effects] };
  },
  handover(state, { track, fade_ms = 0 }) {
    if (state.name !== "playing" || !track) return same(state);
    const gen = state.gen + 1;
    const cross = { do: "cross", gen, track, fade_ms };
    return step(state, { name: "fading", gen, track, at_ms: 0, tries: 0, dropped: false }, CLEAR, cross);
  },
  faded: (state) => (state.name === "fading" ? step(state, { name: "playing" }) : same(state)),
  ended: (state) => (state.track ? step(state, { name: "ended", at_ms: 0 }, CLEAR, { do: "advance" }) : same(state)),
};
