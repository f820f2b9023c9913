import * as queues from "casset/player/queue";

/** The list in the queue drawer; drawn anew only when it has changed. */

/** @type {WeakMap<HTMLElement, queues.Queue>} */
const drawn = new WeakMap();

/** @param {HTMLElement} drawer @param {queues.Queue} queue */
export function drawQueue(drawer, queue) {
  const before = drawn.get(drawer);
  if (before && before.list === queue.list && before.order === queue.order && before.at === queue.at) return;
  drawn.set(drawer, queue);
  const list = /** @type {HTMLElement} */ (drawer.querySelector("[data-show=queue]"));
  const template = /** @type {HTMLTemplateElement} */ (drawer.querySelector("template[data-row]"));
  const count = /** @type {HTMLElement} */ (drawer.querySelector("[data-show=count]"));
  const entries = queues.entries(queue);
  count.textContent = entries.length === 1 ? "1 track" : `${entries.length} tracks`;
  list.replaceChildren(...entries.map(({ track }, index) => row(template, track, index, queue)));
}

/**
 * @param {HTMLTemplateElement} template @param {import("casset/player/playable").Playable} track
 * @param {number} index @param {queues.Queue} queue
 */
function row(template, { title, artist }, index, queue) {
  const fragment = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const item = /** @type {HTMLElement} */ (fragment.firstElementChild);
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (item.querySelector(selector));
  part(".pl-num").textContent = String(index + 1);
  part("b").textContent = title;
  part("i").textContent = artist;
  part("[data-act=jump]").ariaLabel = `Play ${title} by ${artist}`;
  part("[data-act=up]").ariaLabel = `Move ${title} up`;
  part("[data-act=down]").ariaLabel = `Move ${title} down`;
  part("[data-act=remove]").ariaLabel = `Remove ${title} from the queue`;
  /** @type {HTMLButtonElement} */ (part("[data-act=up]")).disabled = index === 0;
  /** @type {HTMLButtonElement} */ (part("[data-act=down]")).disabled = index === queue.order.length - 1;
  if (index === queue.at) item.setAttribute("aria-current", "true");
  return item;
}
