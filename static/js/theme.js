/** Light and dark, and the artists' colours. The server renders both; this changes them without a reload. */

const ORDER = ["auto", "light", "dark"];
const NAMES = { auto: "as your device", light: "light", dark: "dark" };
const YEAR_S = 31536000;
const HEX = /^#[0-9a-f]{6}$/i;
const TYPED_ATTR = CSS.supports("color", "attr(data-accent type(<color>), red)");

/** @returns {"auto" | "light" | "dark"} */
export function theme() {
  return /** @type {any} */ (document.documentElement.dataset.theme) || "auto";
}

/** @param {"auto" | "light" | "dark"} choice */
export function setTheme(choice) {
  document.documentElement.dataset.theme = choice;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${choice}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
  label();
  colourBrowser();
}

/** Write the current choice on every switch. */
function label() {
  for (const control of document.querySelectorAll("[data-theme-switch]")) {
    const name = control.querySelector("[data-theme-name]");
    if (name) name.textContent = NAMES[theme()];
  }
}

/** The browser's own bars take the page's ground. */
function colourBrowser() {
  const colour = getComputedStyle(document.documentElement).backgroundColor;
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.setAttribute("content", colour);
}

/**
 * Bring the page's and the cards' colours from data-accent into CSS. Called again after every swap.
 * @param {ParentNode} [root]
 */
export function paint(root = document) {
  const page = document.querySelector("#main [data-page][data-accent]");
  const accent = page?.getAttribute("data-accent") ?? "";
  if (HEX.test(accent)) document.documentElement.dataset.accent = accent;
  else delete document.documentElement.dataset.accent;
  if (!TYPED_ATTR) {
    document.documentElement.style.removeProperty("--artist");
    for (const element of [document.documentElement, ...root.querySelectorAll("[data-accent]")]) {
      const value = element.getAttribute("data-accent") ?? "";
      if (HEX.test(value)) /** @type {HTMLElement} */ (element).style.setProperty("--artist", value);
    }
  }
  label();
  colourBrowser();
}

document.addEventListener("click", (event) => {
  const control = /** @type {Element} */ (event.target).closest("[data-theme-switch]");
  if (control) setTheme(/** @type {any} */ (ORDER[(ORDER.indexOf(theme()) + 1) % ORDER.length]));
});
paint();
