/** The CSRF cookie of now: signing in replaces it, so it is read for every request and never kept. */

/** @returns {string} the token, or "" before the server has set one */
export function csrfToken() {
  const match = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
  return match ? decodeURIComponent(match[1]) : "";
}

/**
 * POST JSON to our own server.
 * @param {string} url
 * @param {unknown} body - sent as JSON
 * @param {RequestInit} [options] - for example `{ keepalive: true }`
 * @returns {Promise<Response>}
 */
export function post(url, body, options = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  return fetch(url, { ...options, method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) });
}
