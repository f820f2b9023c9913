import { expired } from "casset/player/playable";
import { Refused, renewed } from "casset/player/tokens";

/**
 * Why a media address failed: an element says only "error", so the address is asked itself.
 * @typedef {import("casset/player/playable").Playable} Playable
 * @typedef {{type: string, status?: number, reason?: string, retry_ms?: number, track?: Playable}} Answer
 */

/** @param {Playable} track @returns {Promise<Answer>} */
export async function probe(track) {
  if (expired(track, Date.now())) return { type: "probed", status: 403, reason: "expired" };
  const answer = await fetch(track.src, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (!answer) return { type: "probed", status: 0 };
  const retry_ms = 1000 * Number(answer.headers.get("Retry-After") ?? 0) || 0;
  return { type: "probed", status: answer.status, reason: answer.headers.get("X-Audio-Reason") ?? "", retry_ms };
}

/** @param {Playable} track @returns {Promise<Answer>} */
export async function refresh(track) {
  try {
    return { type: "refreshed", track: await renewed(track.id) };
  } catch (error) {
    return { type: "refused", status: error instanceof Refused ? error.status : 0 };
  }
}

/** What went wrong, in the listener's words, and whether trying again can help. */
const WORDS = /** @type {Record<string, [string, boolean]>} */ ({
  network: ["The connection is gone. We will go on as soon as it is back.", true],
  unplayable: ["This track could not be played here. Try again, or go on to the next one.", true],
  gone: ["This track is no longer available.", false],
  denied: ["You can no longer listen to this track. Open its page to see how to get it.", false],
  processing: ["This track is still being prepared. Try again in a minute.", true],
  blocked: ["Your browser held the sound back. Tap play once more.", true],
});

/** @param {string} reason @returns {{text: string, retry: boolean}|null} */
export function explain(reason) {
  const [text, retry] = WORDS[reason] ?? [];
  return text === undefined ? null : { text, retry: retry === true };
}
