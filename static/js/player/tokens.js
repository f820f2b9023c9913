import { expired } from "casset/player/playable";

/**
 * The newest known playable of every track, and fresh ones from the server.
 * @typedef {import("casset/player/playable").Playable} Playable
 */

/** Refresh at 70 % of the ten minutes an address lives. */
const MARGIN_S = 180;

/** @type {Map<number, Playable>} */
const known = new Map();
/** @type {Map<number, Promise<Playable>>} */
const asked = new Map();

export class Refused extends Error {
  /** @param {number} status HTTP status, 0 when the network failed */
  constructor(status) {
    super(`The server answered ${status}.`);
    this.status = status;
  }
}

/** A page brought this playable. @param {Playable} track @returns {Playable} the newest known one */
export function learn(track) {
  const before = known.get(track.id);
  if (!before || track.expires >= before.expires) known.set(track.id, track);
  return /** @type {Playable} */ (known.get(track.id));
}

/** @param {number} id @returns {Playable|undefined} */
export const recall = (id) => known.get(id);

/** One with time left, asking the server only when needed. @param {Playable} track @returns {Promise<Playable>} */
export async function fresh(track) {
  const newest = learn(track);
  return expired(newest, Date.now(), MARGIN_S) ? renewed(track.id) : newest;
}

/** Ask the server whatever we hold. @param {number} id @returns {Promise<Playable>} rejects with Refused */
export function renewed(id) {
  const pending = asked.get(id);
  if (pending) return pending;
  const answer = json(`/listen/tracks/${id}/`).then((track) => {
    known.set(id, track);
    return track;
  });
  asked.set(id, answer);
  const done = () => { asked.delete(id); };
  answer.then(done, done);
  return answer;
}

/** The rest of a queue. @param {string} address @returns {Promise<Playable[]>} rejects with Refused */
export async function list(address) {
  const { tracks } = await json(address);
  return tracks.map(learn);
}

/** @param {string} address @returns {Promise<any>} */
async function json(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer) throw new Refused(0);
  if (!answer.ok) throw new Refused(answer.status);
  return answer.json();
}
