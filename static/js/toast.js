/** Short messages in the corner, read out by screen readers. */

const LIFETIME_MS = 7000;

/**
 * @typedef {object} ToastOptions
 * @property {string} [action] - label of a button; a toast with one stays until it is closed
 * @property {() => void} [onAction]
 */

/** @param {string} label @param {string} text @param {() => void} onClick */
function button(label, text, onClick) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  if (label !== text) element.setAttribute("aria-label", label);
  element.addEventListener("click", onClick);
  return element;
}

/**
 * Show a message; the same message twice shows once.
 * @param {string} message
 * @param {ToastOptions} [options]
 * @returns {() => void} closes it
 */
export function toast(message, { action, onAction } = {}) {
  const region = document.querySelector("#toasts");
  if (!region) return () => {};
  for (const old of region.children) if (old.firstChild?.textContent === message) old.remove();
  const box = document.createElement("div");
  box.className = "toast";
  const text = document.createElement("p");
  text.textContent = message;
  const close = () => box.remove();
  box.append(text);
  if (action) box.append(button(action, action, () => { close(); onAction?.(); }));
  box.append(button("Dismiss", "×", close));
  region.append(box);
  if (!action) setTimeout(close, LIFETIME_MS);
  return close;
}
