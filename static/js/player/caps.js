/**
 * What this browser may be trusted with. Everything unknown gets one bare element and no Web Audio, because a phone's
 * lock screen stops an AudioContext (and any element routed through it) while a bare element plays on.
 * @typedef {{two: boolean, webAudio: boolean, volume: boolean, saveData: boolean}} Caps
 */

/** Browsers inside other apps: their host decides what may play, and when. */
const IN_APP = new RegExp([
  "FBAN", "FBAV", "FB_IAB", "Instagram", "musical_ly", "Bytedance", "TikTok", "Snapchat", "Pinterest", "Twitter",
  "LinkedInApp", "Line/", "MicroMessenger", "; wv\\)",
].join("|"));

/** @returns {Caps} */
export function detect() {
  const probe = new Audio();
  probe.volume = 0.5;
  // iOS and iPadOS ignore volume, in whatever browser: the one trait that tells them apart without a name.
  const volume = probe.volume === 0.5;
  const modern = "AudioContext" in window && "userActivation" in navigator;
  const known = volume && modern && !IN_APP.test(navigator.userAgent);
  const connection = /** @type {{saveData?: boolean}|undefined} */ (/** @type {any} */ (navigator).connection);
  return { two: known, webAudio: known, volume, saveData: connection?.saveData === true };
}
