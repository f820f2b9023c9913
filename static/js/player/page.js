import { engine } from "casset/player/engine";
import { playableOf } from "casset/player/playable";
import * as queues from "casset/player/queue";
import { learn, list } from "casset/player/tokens";

/**
 * The page as the player sees it: which tracks it shows, which of them make a queue, and what it says of their state.
 * @typedef {import("casset/player/playable").Playable} Playable
 */

const FACES = /** @type {Record<string, string>} */ ({
  unlocking: "loading", loading: "loading", buffering: "loading", recovering: "loading",
  playing: "playing", fading: "playing",
});

/** @param {ParentNode} [root] @returns {HTMLElement[]} every track below it */
const holders = (root = document) => [...root.querySelectorAll("[data-track]")];

/** @param {Element} button @returns {HTMLElement|null} */
export const holderOf = (button) => button.closest("[data-track]");

/** A tap on a play button: go on, pause, or play its queue from here. @param {HTMLElement} holder */
export function press(holder) {
  const track = playableOf(holder);
  if (!track) return;
  const stuck = engine.state.name === "error" || engine.state.name === "denied";
  const same = engine.track?.id === track.id && !stuck;
  if (same) engine.toggle();
  else playFrom(holder, 0);
}

/** Start a track of this page at a position. @param {number} id @param {number} at_ms */
export function start(id, at_ms) {
  const holder = holders().find((candidate) => playableOf(candidate)?.id === id);
  if (holder) playFrom(holder, at_ms);
}

/** @param {HTMLElement} holder @param {number} at_ms */
function playFrom(holder, at_ms) {
  const track = playableOf(holder);
  if (!track) return;
  const queue = /** @type {HTMLElement|null} */ (holder.closest("[data-queue]"));
  const source = queue?.dataset.queueSrc;
  if (source) {
    engine.play([track], 0, at_ms);
    fill(source, track);
    return;
  }
  const around = queue ? [queue, ...holders(queue)].filter((element) => element.matches("[data-track]")) : [holder];
  const tracks = around.map(playableOf).filter((candidate) => candidate !== null);
  engine.play(tracks, Math.max(0, around.indexOf(holder)), at_ms);
}

/**
 * The first track plays already; the rest of its queue comes around it.
 * @param {string} source @param {Playable} track
 */
async function fill(source, track) {
  const tracks = await list(source).catch(() => []);
  const alone = engine.queue.list.length === 1 && engine.track?.id === track.id;
  const at = tracks.findIndex((candidate) => candidate.id === track.id);
  if (!alone || at < 0) return;
  engine.arrange((queue) => queues.around(queue, tracks, at, Math.random));
}

/** Say on every track what the player does with it. */
export function reflect() {
  for (const holder of holders()) {
    const track = playableOf(holder);
    const current = track !== null && track.id === engine.track?.id;
    const face = current ? FACES[engine.state.name] ?? "paused" : "";
    if ((holder.dataset.state ?? "") === face) continue;
    if (face) holder.dataset.state = face;
    else delete holder.dataset.state;
    const verb = face === "playing" || face === "loading" ? "Pause" : "Play";
    for (const button of holder.querySelectorAll("[data-play]")) {
      button.ariaLabel = (button.ariaLabel ?? "").replace(/^(Play|Pause)\b/, verb);
    }
  }
}

/** Remember the addresses a page brought. */
export function learnAll() {
  for (const holder of holders()) {
    const track = playableOf(holder);
    if (track) learn(track);
  }
}
