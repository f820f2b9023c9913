import { engine } from "casset/player/engine";
import * as queues from "casset/player/queue";
import { settings } from "casset/player/settings";

/** Single keys for the player, off while a field has the focus, and switchable (WCAG 2.1.4). */

const LEAP_MS = 10_000;
const FIELDS = "input, textarea, select, [contenteditable], [role=slider], [role=textbox], [role=menu]";
const PRESSABLE = "button, a, summary, label, [role=button]";
const TURN = /** @type {const} */ ({ off: "all", all: "one", one: "off" });

const KEYS = /** @type {Record<string, () => void>} */ ({
  " ": () => engine.toggle(),
  k: () => engine.toggle(),
  j: () => engine.seek(engine.position_ms - LEAP_MS),
  l: () => engine.seek(engine.position_ms + LEAP_MS),
  n: () => engine.next(),
  p: () => engine.prev(),
  m: () => engine.set({ muted: !settings.muted }),
  s: shuffle,
  r: repeat,
});

export function shuffle() {
  engine.arrange((queue) => queues.shuffle(queue, !queue.shuffled, Math.random));
}

export function repeat() {
  engine.arrange((queue) => queues.repeating(queue, TURN[queue.repeat]));
}

export function attachKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (!settings.shortcuts || !engine.track || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const target = /** @type {Element} */ (event.target);
    // A range takes arrows and digits, but no letters: the seek bar must not switch the keys off.
    if (target.closest(FIELDS) && !target.matches("input[type=range]")) return;
    if (event.key === " " && target.closest(`${PRESSABLE}, input`)) return;
    const act = KEYS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
