/** Which upload a file belongs to, kept over reloads: choosing the same file again goes on where it stopped. */

const PREFIX = "upload:";
const KEEP_MS = 24 * 3600 * 1000; // as long as the server keeps an unfinished upload

/** @param {File} file @param {string} casset */
function keyOf(file, casset) {
  return `${PREFIX}${casset}:${file.size}:${file.lastModified}:${file.name}`;
}

/** @param {File} file @param {string} casset @returns {string} the upload's address, or "" */
export function recall(file, casset) {
  return parse(localStorage.getItem(keyOf(file, casset)))?.url ?? "";
}

/** @param {File} file @param {string} casset @param {string} url */
export function remember(file, casset, url) {
  sweep();
  try {
    localStorage.setItem(keyOf(file, casset), JSON.stringify({ url, at: Date.now() }));
  } catch {
    // Storage is full or forbidden: this upload then lives as long as the page.
  }
}

/** @param {File} file @param {string} casset */
export function forget(file, casset) {
  localStorage.removeItem(keyOf(file, casset));
}

/** Drop what the server has forgotten by now. */
function sweep() {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX)) continue;
    const kept = parse(localStorage.getItem(key));
    if (!kept || Date.now() - kept.at > KEEP_MS) localStorage.removeItem(key);
  }
}

/** @param {string | null} text @returns {{url: string, at: number} | null} */
function parse(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
