/** Everything that touches htmx: focus, announcements, scroll, current links, CSRF and failures. */
import { csrfToken } from "casset/csrf";
import { paint } from "casset/theme";
import { toast } from "casset/toast";

const SAVE_AFTER_MS = 80;
let here = address();
let saving = 0;

function address() {
  return location.pathname + location.search;
}

function saveScroll() {
  try {
    sessionStorage.setItem(`scroll:${here}`, String(Math.round(scrollY)));
  } catch {
    // Storage is full or forbidden: Back then starts at the top.
  }
}

function restoreScroll() {
  const top = Number(sessionStorage.getItem(`scroll:${here}`) ?? 0);
  requestAnimationFrame(() => scrollTo(0, top));
}

function markCurrent() {
  for (const link of document.querySelectorAll("#nav a[href]")) {
    const same = new URL(/** @type {HTMLAnchorElement} */ (link).href).pathname === location.pathname;
    if (same) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** First bad field, else what asks for the focus, else the page itself. */
function focusPage() {
  const main = /** @type {HTMLElement} */ (document.querySelector("#main"));
  const wanted = ['[aria-invalid="true"]', ".form-errors", "[autofocus]"].map((rule) => main.querySelector(rule)).find(Boolean);
  const target = /** @type {HTMLElement} */ (wanted ?? main);
  target.focus({ preventScroll: !wanted });
}

function announce() {
  const live = document.querySelector("#announce");
  if (live) live.textContent = document.title;
}

function arrived() {
  here = address();
  markCurrent();
  focusPage();
  announce();
}

/** @param {CustomEvent} event */
function boosted(event) {
  return Boolean(event.detail.boosted ?? event.detail.requestConfig?.boosted);
}

/** "Load more" puts rows at the end: the focus goes to the first of them. @param {CustomEvent} event */
function focusNewRows(event) {
  const link = event.detail.requestConfig?.elt;
  const list = link?.matches?.("[data-more]") && document.querySelector(link.getAttribute("hx-target"));
  if (!list) return;
  const row = list.children[Number(link.dataset.count)];
  row?.querySelector("a")?.focus({ preventScroll: true });
}

function reload() {
  location.reload();
}

history.scrollRestoration = "manual";
addEventListener("scroll", () => {
  clearTimeout(saving);
  const from = here;
  saving = setTimeout(() => { if (from === here) saveScroll(); }, SAVE_AFTER_MS);
}, { passive: true });
addEventListener("pagehide", saveScroll);

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.verb === "get") return;
  const token = csrfToken();
  detail.headers["X-CSRFToken"] = token;
  // The hidden field may be older than the last sign-in, and Django reads it first.
  if (token && "csrfmiddlewaretoken" in detail.parameters) detail.parameters.csrfmiddlewaretoken = token;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  saveScroll();
  const link = /** @type {CustomEvent} */ (event).detail.elt;
  if (link.matches?.("[data-more]")) link.dataset.count = document.querySelector(link.getAttribute("hx-target"))?.children.length;
});
document.addEventListener("htmx:pushedIntoHistory", () => { here = address(); });
document.addEventListener("htmx:afterSwap", () => paint());
document.addEventListener("htmx:afterSettle", (event) => {
  if (boosted(/** @type {CustomEvent} */ (event))) arrived();
  else focusNewRows(/** @type {CustomEvent} */ (event));
});
document.addEventListener("htmx:historyRestore", () => {
  paint();
  arrived();
  restoreScroll();
});

document.addEventListener("htmx:responseError", (event) => {
  const { status } = /** @type {CustomEvent} */ (event).detail.xhr;
  if (status === 404) return;
  const message = status === 429 ? "That was a little fast. Wait a moment and try again."
    : status === 403 ? "This page has been open for too long, or it is not yours to change. Reload and try again."
    : status === 413 ? "That is too big for us to take."
    : "Something broke on our side. Your music plays on.";
  toast(message, { action: "Reload", onAction: reload });
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => toast("No connection. Check your network and try again."));
}

/** Notices close, and an open menu closes on a choice, a click elsewhere or Escape. */
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  target.closest("[data-dismiss]")?.parentElement?.remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target) || target.closest(".menu-list a")) menu.removeAttribute("open");
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
});

markCurrent();
if (document.querySelector('#main [aria-invalid="true"]')) focusPage();
if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") restoreScroll();

// A page without our shell, like the staff's, cannot stand inside it: the browser goes there by itself.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { boosted, xhr } = /** @type {CustomEvent} */ (event).detail;
  if (!boosted || xhr.status >= 400 || !xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) return;
  if (xhr.responseText.includes("hx-history-elt")) return;
  event.preventDefault();
  location.assign(xhr.responseURL);
});
