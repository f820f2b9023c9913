/** The one entry of every page. Pages read and forms work without it. What it imports by name has to be small. */
/** A player that fails must not take the page with it. @param {unknown} error */
async function withoutPlayer(error) {
  console.error(error);
  const { toast } = await import("casset/toast");
  toast("The player did not load.", { action: "Reload", onAction: () => location.reload() });
}

import("casset/nav");
import("casset/elements/casset-lyrics");
// The player listens for itself from here on (see taps.js).
const listening = () => document.dispatchEvent(new Event("casset:listening"));
Promise.all([import("casset/player/index"), import("casset/elements/casset-player")]).then(listening, withoutPlayer);
