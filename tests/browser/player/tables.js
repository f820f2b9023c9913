/** The player's pure modules against tables. Each entry: what it shows, and a function that throws when it does not. */
import { MAX_TRIES, backoff } from "casset/player/backoff";
import { START, reduce } from "casset/player/machine";
import { carry, expired } from "casset/player/playable";
import { due, hear, meter } from "casset/player/plays";
import * as queues from "casset/player/queue";
import { levelsAt, parse } from "casset/player/spectrum";
import { clock, spoken } from "casset/player/time";

const track = (id, more = {}) => ({
  id, src: `/a/${id}`, scope: "full", duration_ms: 60_000, track_ms: 60_000, offset_ms: 0, ticket: `t${id}`, ...more,
});
const middle = () => 0.5;
const equal = (found, wanted) => {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
};

/** Run events through the machine; the answer is the last state and the effects of the last event. */
function run(...events) {
  let state = START;
  let effects = [];
  for (const event of events) {
    const gen = event.gen === "now" ? state.gen : event.gen;
    ({ state, effects } = reduce(state, { ...event, ...(gen === undefined ? {} : { gen }) }, middle));
  }
  return { state, effects, does: effects.map((effect) => effect.do), name: state.name };
}

const play = { type: "play", track: track(1) };
const playing = { type: "playing", gen: "now" };
const broken = { type: "mediaError", code: 2, at_ms: 12_000, gen: "now" };
const probed = (status, reason = "") => ({ type: "probed", status, reason, gen: "now" });
const ids = (queue) => queues.entries(queue).map((entry) => entry.track.id);
const list = (...numbers) => queues.replace(queues.EMPTY, numbers.map((id) => track(id)), 0, middle);

const MACHINE = {
  "the first play unlocks, and plays before it unlocks": () => {
    const { name, does } = run(play);
    equal([name, does], ["unlocking", ["load", "play", "wait", "unlock"]]);
  },
  "later plays do not unlock again": () => equal(run(play, playing, play).does, ["load", "play", "wait"]),
  "events of an older generation change nothing": () => {
    const before = run(play, play).state;
    for (const type of ["playing", "aborted", "mediaError", "ended", "notAllowed", "waiting"]) {
      equal(reduce(before, { type, gen: 1, code: 4 }, middle), { state: before, effects: [] });
    }
  },
  "an abort of the current load is swallowed": () => equal(run(play, { type: "aborted", gen: "now" }).name, "unlocking"),
  "pause while loading is remembered": () => equal(run(play, { type: "pause" }).name, "paused"),
  "resume of a pause only plays": () => equal(run(play, playing, { type: "pause" }, { type: "resume" }).does, ["play", "wait"]),
  "waiting starts a patience of four seconds": () => {
    const { name, effects } = run(play, playing, { type: "waiting", gen: "now", at_ms: 7_000 });
    equal([name, effects], ["buffering", [{ do: "wait", ms: 4_000, then: "stalled" }]]);
  },
  "a stall is probed": () => {
    const { name, does } = run(play, playing, { type: "waiting", gen: "now" }, { type: "stalled", gen: "now" });
    equal([name, does], ["recovering", ["clear", "probe"]]);
  },
  "an expired address is refreshed and resumed where it was": () => {
    const asked = run(play, playing, broken, probed(403, "expired"));
    equal(asked.does, ["refresh"]);
    const again = run(play, playing, broken, probed(403, "expired"), { type: "refreshed", track: track(1, { src: "/b" }), gen: "now" });
    equal([again.name, again.effects[0].at_ms, again.effects[0].track.src], ["recovering", 12_000, "/b"]);
  },
  "a revoked track falls to its preview": () => {
    const preview = track(1, { scope: "preview", offset_ms: 10_000, duration_ms: 30_000 });
    const { state } = run(play, playing, broken, probed(403, "revoked"), { type: "refreshed", track: preview, gen: "now" });
    equal([state.dropped, state.at_ms, state.track.scope], [true, 2_000, "preview"]);
  },
  "a refused refresh is final": () => {
    const { state, does } = run(play, playing, broken, probed(403, "foreign"), { type: "refused", status: 403, gen: "now" });
    equal([state.name, state.reason, does], ["denied", "denied", ["pause", "clear"]]);
  },
  "addresses that go on being refused end": () => {
    const refresh = [probed(403, "expired"), { type: "refreshed", track: track(1), gen: "now" }, broken];
    equal(run(play, playing, broken, ...refresh, ...refresh, ...refresh, probed(403, "expired")).name, "denied");
  },
  "a good address is tried once more, then given up": () => {
    const once = run(play, playing, broken, probed(206));
    equal([once.name, once.does], ["recovering", ["load", "play", "wait"]]);
    const twice = run(play, playing, broken, probed(206), broken, probed(206));
    equal([twice.name, twice.state.reason], ["error", "unplayable"]);
  },
  "a slow line is given time": () => {
    const stall = [{ type: "waiting", gen: "now" }, { type: "stalled", gen: "now" }];
    const { name, does } = run(play, playing, ...stall, probed(206), { type: "stalled", gen: "now" }, probed(206));
    equal([name, does], ["recovering", ["wait"]]);
  },
  "network faults back off, and in the end say so": () => {
    let events = [play, playing, broken];
    const waits = [];
    for (let i = 0; i < MAX_TRIES; i++) {
      events = [...events, probed(0)];
      waits.push(run(...events).effects[0].ms);
      events = [...events, { type: "retry", gen: "now" }];
    }
    equal(waits, [375, 750, 1500, 3000, 6000, 12000, 22500]);
    equal(run(...events, probed(0)).state.reason, "network");
  },
  "a busy server's own delay is kept": () => equal(run(play, playing, broken, { ...probed(429), retry_ms: 9_000 }).effects[0].ms, 9_000),
  "back-off is bounded and jittered": () => {
    equal([backoff(0, () => 0), backoff(0, () => 1), backoff(40, () => 1)], [250, 500, 30_000]);
  },
  "back online: asked at once": () => equal(run(play, playing, broken, probed(0), { type: "online" }).does, ["clear", "probe"]),
  "back online after giving up: from where it was": () => {
    const lost = Array(MAX_TRIES + 1).fill(probed(0));
    const { name, effects } = run(play, playing, broken, ...lost, { type: "online" });
    equal([name, effects[0].at_ms], ["loading", 12_000]);
  },
  "five good seconds forgive earlier tries": () => {
    const { state } = run(play, playing, broken, probed(206), playing, { type: "settled", gen: "now" });
    equal([state.name, state.tries], ["playing", 0]);
  },
  "a pause during repair waits for a tap": () => {
    const { state, does } = run(play, playing, broken, { type: "pause", at_ms: 12_000 }, { type: "resume" });
    equal([state.name, does[0], state.at_ms], ["loading", "load", 12_000]);
  },
  "a late answer after that pause starts nothing": () => {
    const paused = run(play, playing, broken, { type: "pause" }).state;
    equal(reduce(paused, { type: "probed", status: 206, gen: paused.gen - 1 }, middle).effects, []);
  },
  "no permission: blocked until a tap": () => {
    const refused = { type: "notAllowed", gen: "now" };
    equal([run(play, refused).name, run(play, refused, { type: "resume" }).does[0]], ["blocked", "load"]);
  },
  "no permission for the second deck: go on with one": () => {
    const { name, does } = run(play, playing, { type: "handover", track: track(2) }, { type: "notAllowed", gen: "now" });
    equal([name, does.slice(0, 3)], ["loading", ["single", "load", "play"]]);
  },
  "a cross-fade passes through fading": () => {
    const fade = [play, playing, { type: "handover", track: track(2), fade_ms: 3_000 }, playing];
    equal([run(...fade).name, run(...fade, { type: "faded", gen: "now" }).name], ["fading", "playing"]);
  },
  "someone else's pause interrupts, their play goes on": () => {
    const call = { type: "halted", gen: "now", at_ms: 5_000 };
    equal([run(play, playing, call).name, run(play, playing, call, playing).name], ["interrupted", "playing"]);
  },
  "back from the page cache the element is believed": () => {
    equal(run(play, playing, { type: "sync", sounding: false, at_ms: 3 }).name, "interrupted");
    equal(run(play, playing, { type: "pause" }, { type: "sync", sounding: true }).name, "playing");
  },
  "a frozen clock gets a new context": () => equal(run(play, playing, { type: "frozen", at_ms: 4_000 }).does.slice(0, 2), ["rebuild", "load"]),
  "cueing sounds nothing and starts where told": () => {
    const cue = { type: "cue", track: track(1), at_ms: 9_000 };
    equal([run(cue).does, run(cue, { type: "resume" }).effects[0].at_ms], [["pause", "clear"], 9_000]);
  },
  "the end asks for the next": () => equal(run(play, playing, { type: "ended", gen: "now" }).does, ["clear", "advance"]),
  "after the end play begins again": () => equal(run(play, playing, { type: "ended", gen: "now" }, { type: "resume" }).effects[0].at_ms, 0),
  "a track in preparation or gone says so": () => {
    equal([409, 404, 410].map((status) => run(play, broken, probed(status)).state.reason), ["processing", "gone", "gone"]);
  },
  "nothing to play: every event is harmless": () => {
    for (const type of ["resume", "pause", "seek", "ended", "mediaError", "online", "retry", "stalled", "frozen", "handover", "nonsense"]) {
      equal(reduce(START, { type, code: 4 }, middle), { state: START, effects: [] });
    }
  },
};

const QUEUE = {
  "next stops at the end": () => { const queue = queues.jump(list(1, 2), 1); equal(queues.next(queue) === queue, true); },
  "next wraps when all repeats": () => equal(queues.next(queues.jump(queues.repeating(list(1, 2), "all"), 1)).at, 0),
  "one repeats itself at the end, not at next": () => {
    const queue = queues.repeating(list(1, 2), "one");
    equal([queues.upcoming(queue).id, queues.advance(queue).at, queues.next(queue).at], [1, 0, 1]);
  },
  "prev restarts after three seconds": () => {
    const queue = queues.jump(list(1, 2), 1);
    equal([queues.prev(queue, 3_001) === queue, queues.prev(queue, 2_999).at], [true, 0]);
  },
  "shuffle keeps the current first and loses none": () => {
    const queue = queues.shuffle(queues.jump(list(1, 2, 3, 4, 5), 2), true, Math.random);
    equal([ids(queue)[0], queue.at, ids(queue).toSorted()], [3, 0, [1, 2, 3, 4, 5]]);
  },
  "un-shuffle returns the order and the place": () => {
    const mixed = queues.next(queues.shuffle(list(1, 2, 3, 4, 5), true, Math.random));
    const back = queues.shuffle(mixed, false, Math.random);
    equal([ids(back), queues.current(back).id], [[1, 2, 3, 4, 5], queues.current(mixed).id]);
  },
  "a new list keeps shuffle on and starts where tapped": () => {
    const queue = queues.replace(queues.shuffle(list(1, 2), true, middle), [7, 8, 9].map((id) => track(id)), 1, Math.random);
    equal([queue.shuffled, queues.current(queue).id, ids(queue).toSorted()], [true, 8, [7, 8, 9]]);
  },
  "insert next and append": () => {
    const queue = queues.append(queues.insertNext(list(1, 2), [track(8)]), [track(9)]);
    equal([ids(queue), queue.at], [[1, 8, 2, 9], 0]);
  },
  "insert next while shuffled survives un-shuffle": () => {
    const queue = queues.insertNext(queues.shuffle(list(1, 2, 3), true, middle), [track(8)]);
    equal([ids(queue)[1], ids(queues.shuffle(queue, false, middle))], [8, [1, 8, 2, 3]]);
  },
  "removing before, at and after the current": () => {
    const queue = queues.jump(list(1, 2, 3), 1);
    const without = (index) => queues.remove(queue, queue.order[index]);
    equal([0, 1, 2].map((index) => queues.current(without(index)).id), [2, 3, 2]);
  },
  "removing the last leaves an empty queue": () => {
    const queue = list(1);
    equal(queues.current(queues.remove(queue, queue.order[0])), null);
  },
  "moving keeps the current": () => {
    const queue = queues.move(list(1, 2, 3), 0, 2);
    equal([ids(queue), queues.current(queue).id], [[2, 3, 1], 1]);
  },
  "the same track twice is two entries": () => {
    const queue = list(1, 1);
    equal(ids(queues.remove(queue, queue.order[1])), [1]);
  },
  "the rest of a casset comes around the track that plays": () => {
    const queue = queues.around(list(2), [1, 2, 3].map((id) => track(id)), 1, middle);
    equal([ids(queue), queues.current(queue).id], [[1, 2, 3], 2]);
  },
  "it survives storage": () => {
    const queue = queues.shuffle(list(1, 2, 3), true, Math.random);
    equal(JSON.parse(JSON.stringify(queue)), queue);
  },
};

const OTHERS = {
  "plays: half of a short track, thirty seconds of a long one": () => {
    equal([meter(track(1, { duration_ms: 20_000 })).need_ms, meter(track(1, { duration_ms: 300_000 })).need_ms], [10_000, 30_000]);
  },
  "plays: only what sounded counts, not seeks, not silence": () => {
    const steps = [[0, true], [250, true], [500, true], [9_000, true], [9_250, false], [9_500, true], [9_000, true], [9_250, true]];
    const heard = steps.reduce((reading, [at, audible]) => hear(reading, at, audible), meter(track(1)));
    equal(heard.heard_ms, 1_000);
  },
  "plays: due once": () => {
    const reading = { ...meter(track(1)), heard_ms: 30_000 };
    equal([due(reading), due({ ...reading, done: true })], [true, false]);
  },
  "time: clocks": () => equal([0, 74_000, 3_734_000, NaN].map(clock), ["0:00", "1:14", "1:02:14", "0:00"]),
  "time: spoken": () => {
    equal(spoken(74_000, 214_000), "1 minute 14 of 3 minutes 34");
    equal(spoken(1_000, 30_000), "1 second of 30 seconds");
  },
  "playable: a position is carried into a window, or starts it": () => {
    const window = track(1, { offset_ms: 20_000, duration_ms: 10_000 });
    equal([carry(track(1), window, 25_000), carry(track(1), window, 50_000), carry(window, track(1), 5_000)], [5_000, 0, 25_000]);
  },
  "playable: an address expires at its second": () => {
    const address = { expires: 100 };
    equal([expired(address, 99_999), expired(address, 100_000), expired(address, 50_000, 60)], [false, true, true]);
  },
  "spectrum: nibbles low first, in proportion between frames": () => {
    const file = new Uint8Array([67, 83, 80, 49, 2, 1, 0, 0, 2, 0, 0, 0, 0xf0, 0x0f]);
    const out = new Uint8Array(2);
    const at = (ms) => { levelsAt(parse(file.buffer), ms, out); return [...out]; };
    equal([at(0), at(1_000), at(500), at(90_000)], [[0, 255], [255, 0], [128, 128], [255, 0]]);
  },
  "spectrum: anything else is refused": () => {
    equal([parse(new Uint8Array(3).buffer), parse(new Uint8Array(40).buffer)], [null, null]);
    equal(parse(new Uint8Array([67, 83, 80, 49, 24, 20, 0, 0, 9, 0, 0, 0]).buffer), null);
  },
};

/** @returns {Record<string, string>} what each shows → "" or what was wrong */
export function results() {
  const all = Object.entries({ ...MACHINE, ...QUEUE, ...OTHERS });
  return Object.fromEntries(all.map(([name, check]) => {
    try {
      check();
      return [name, ""];
    } catch (error) {
      return [name, String(error)];
    }
  }));
}
