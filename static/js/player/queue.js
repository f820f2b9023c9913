/**
 * The play queue as plain data; every function returns a new queue. `list` keeps the order the listener gave,
 * `order` the keys in playing order (the same unless shuffled), `at` the index of the current key in `order`.
 *
 * @typedef {import("casset/player/playable").Playable} Playable
 * @typedef {"off"|"all"|"one"} Repeat
 * @typedef {{key: number, track: Playable}} Entry
 * @typedef {{list: Entry[], order: number[], at: number, shuffled: boolean, repeat: Repeat, last: number}} Queue
 */

export const RESTART_AFTER_MS = 3_000;

/** @type {Queue} */
export const EMPTY = Object.freeze({ list: [], order: [], at: -1, shuffled: false, repeat: "off", last: 0 });

/**
 * A new list at `at`, keeping the listener's shuffle and repeat.
 * @param {Queue} queue @param {Playable[]} tracks @param {number} at @param {() => number} random @returns {Queue}
 */
export function replace(queue, tracks, at, random) {
  const list = tracks.map((track, index) => ({ key: queue.last + 1 + index, track }));
  const order = list.map((entry) => entry.key);
  const fresh = { ...queue, list, order, at, shuffled: false, last: queue.last + tracks.length };
  return queue.shuffled ? shuffle(fresh, true, random) : fresh;
}

/**
 * The rest of a list that already plays its track `at`: nothing restarts.
 * @param {Queue} queue @param {Playable[]} tracks @param {number} at @param {() => number} random @returns {Queue}
 */
export function around(queue, tracks, at, random) {
  const current = queue.order[queue.at];
  const fresh = replace({ ...queue, shuffled: false }, tracks, at, random);
  const replaced = fresh.order[at];
  const keep = (/** @type {number} */ key) => (key === replaced ? current : key);
  const list = fresh.list.map((entry) => ({ ...entry, key: keep(entry.key) }));
  const whole = { ...fresh, list, order: fresh.order.map(keep) };
  return queue.shuffled ? shuffle(whole, true, random) : whole;
}

/** @param {Queue} queue @returns {Entry[]} in playing order */
export function entries(queue) {
  const byKey = new Map(queue.list.map((entry) => [entry.key, entry]));
  return queue.order.map((key) => /** @type {Entry} */ (byKey.get(key)));
}

/** @param {Queue} queue @returns {Playable|null} */
export const current = (queue) => trackAt(queue, queue.at);

/** What follows by itself when the current track ends. @param {Queue} queue @returns {Playable|null} */
export function upcoming(queue) {
  return trackAt(queue, queue.repeat === "one" ? queue.at : after(queue));
}

/** The track has ended. @param {Queue} queue @returns {Queue} */
export function advance(queue) {
  return queue.repeat === "one" ? queue : next(queue);
}

/** The listener asks for the next; at the end nothing changes, unless all repeat. @param {Queue} queue */
export function next(queue) {
  const at = after(queue);
  return at < 0 ? queue : { ...queue, at };
}

/**
 * Back: within the first seconds to the track before, later to the start of this one.
 * @param {Queue} queue @param {number} position_ms @returns {Queue}
 */
export function prev(queue, position_ms) {
  if (position_ms > RESTART_AFTER_MS) return queue;
  if (queue.at > 0) return { ...queue, at: queue.at - 1 };
  return queue.repeat === "all" && queue.order.length ? { ...queue, at: queue.order.length - 1 } : queue;
}

/** @param {Queue} queue @param {number} at index in playing order @returns {Queue} */
export function jump(queue, at) {
  return at >= 0 && at < queue.order.length ? { ...queue, at } : queue;
}

/**
 * On: the current track stays first and the rest is drawn once. Off: the given order returns.
 * @param {Queue} queue @param {boolean} on @param {() => number} random @returns {Queue}
 */
export function shuffle(queue, on, random) {
  const keys = queue.list.map((entry) => entry.key);
  const here = queue.order[queue.at];
  if (!on) return { ...queue, shuffled: false, order: keys, at: keys.indexOf(here) };
  const rest = keys.filter((key) => key !== here);
  for (let i = rest.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rest[i], rest[j]] = [rest[j], rest[i]];
  }
  return here === undefined ? { ...queue, shuffled: true, order: rest }
    : { ...queue, shuffled: true, order: [here, ...rest], at: 0 };
}

/** @param {Queue} queue @param {Repeat} repeat @returns {Queue} */
export const repeating = (queue, repeat) => ({ ...queue, repeat });

/** @param {Queue} queue @param {Playable[]} tracks @returns {Queue} */
export function append(queue, tracks) {
  return insert(queue, tracks, queue.list.length, queue.order.length);
}

/** @param {Queue} queue @param {Playable[]} tracks @returns {Queue} */
export function insertNext(queue, tracks) {
  const here = queue.list.findIndex((entry) => entry.key === queue.order[queue.at]);
  return insert(queue, tracks, here + 1, queue.at + 1);
}

/**
 * Removing the current track leaves `at` on the one that followed it.
 * @param {Queue} queue @param {number} key @returns {Queue}
 */
export function remove(queue, key) {
  const index = queue.order.indexOf(key);
  if (index < 0) return queue;
  const order = queue.order.filter((other) => other !== key);
  const at = index < queue.at ? queue.at - 1 : Math.min(queue.at, order.length - 1);
  return { ...queue, order, at, list: queue.list.filter((entry) => entry.key !== key) };
}

/** @param {Queue} queue @param {number} from @param {number} to indices in playing order @returns {Queue} */
export function move(queue, from, to) {
  const inside = (/** @type {number} */ index) => index >= 0 && index < queue.order.length;
  if (!inside(from) || !inside(to)) return queue;
  const here = queue.order[queue.at];
  const order = queue.order.toSpliced(from, 1).toSpliced(to, 0, queue.order[from]);
  const byKey = new Map(queue.list.map((entry) => [entry.key, entry]));
  const list = queue.shuffled ? queue.list : order.map((key) => /** @type {Entry} */ (byKey.get(key)));
  return { ...queue, order, list, at: order.indexOf(here) };
}

/** A fresh address in the place of the old. @param {Queue} queue @param {Playable} track @returns {Queue} */
export function renew(queue, track) {
  const list = queue.list.map((entry) => (entry.track.id === track.id ? { ...entry, track } : entry));
  return { ...queue, list };
}

/** @param {Queue} queue @param {number} at @returns {Playable|null} */
function trackAt(queue, at) {
  return queue.list.find((entry) => entry.key === queue.order[at])?.track ?? null;
}

/** @param {Queue} queue @returns {number} the index that follows, -1 at the end */
function after(queue) {
  if (queue.at + 1 < queue.order.length) return queue.at + 1;
  return queue.repeat === "all" && queue.order.length ? 0 : -1;
}

/** @param {Queue} queue @param {Playable[]} tracks @param {number} inList @param {number} inOrder @returns {Queue} */
function insert(queue, tracks, inList, inOrder) {
  const added = tracks.map((track, index) => ({ key: queue.last + 1 + index, track }));
  return {
    ...queue,
    list: queue.list.toSpliced(inList, 0, ...added),
    order: queue.order.toSpliced(inOrder, 0, ...added.map((entry) => entry.key)),
    last: queue.last + tracks.length,
  };
}
