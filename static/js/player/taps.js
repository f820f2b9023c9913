/** Taps that come before the player does: the last play button pressed meanwhile is pressed for real once it is there. */

/** @type {HTMLElement|null} */
let waiting = null;

/** @param {Event} event */
function remember(event) {
  const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-play]"));
  if (!button) return;
  waiting = button;
  button.closest("[data-track]")?.setAttribute("data-state", "loading");
}

document.addEventListener("click", remember);

/** The player listens for itself from now on. */
export function handOver() {
  document.removeEventListener("click", remember);
  if (waiting?.isConnected) waiting.click();
  waiting = null;
}
