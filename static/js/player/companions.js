import { attachKeyboard } from "casset/player/keyboard";
import { attachSession } from "casset/player/session";
import { attachTabs } from "casset/player/tabs";

/** Lock screen, keys and other tabs: fetched with the first track. */
export function attach() {
  attachSession();
  attachKeyboard();
  attachTabs();
}
