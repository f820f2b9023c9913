/** The one entry of every page. Pages read and forms work without it. */
import "casset/nav";
import "casset/elements/casset-lyrics";
import { toast } from "casset/toast";

/** A player that fails must not take the page with it. @param {unknown} error */
function withoutPlayer(error) {
  console.error(error);
  toast("The player did not load.", { action: "Reload", onAction: () => location.reload() });
}

Promise.all([import("casset/player/index"), import("casset/elements/casset-player")]).catch(withoutPlayer);
