/**
 * Taps that come before the player does: the last play button pressed meanwhile is pressed again once it is there.
 * The one classic script: small, and first in the page, since modules run only after all of it was read.
 */
(() => {
  /** @type {HTMLElement|null} */
  let waiting = null;

  /** @param {Event} event */
  const remember = (event) => {
    const button = /** @type {HTMLElement|null} */ (/** @type {Element} */ (event.target).closest("[data-play]"));
    if (!button) return;
    waiting = button;
    button.closest("[data-track]")?.setAttribute("data-state", "loading");
  };

  document.addEventListener("click", remember);
  document.addEventListener("casset:listening", () => {
    document.removeEventListener("click", remember);
    if (waiting?.isConnected) waiting.click();
  }, { once: true });
})();
