import { attachKeyboard } from "casset/player/keyboard";
import { attachSession } from "casset/player/session";

/** Lock screen and keys: fetched with the first track. */
export function attach() {
  attachSession();
  attachKeyboard();
}
