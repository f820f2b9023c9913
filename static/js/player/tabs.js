import { engine } from "casset/player/engine";

/** One tab plays at a time: whoever starts, the others pause. */
export function attachTabs() {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel("casset-player");
  let sounding = false;
  const watch = () => {
    const now = engine.state.name === "playing";
    if (now && !sounding) channel.postMessage("playing");
    sounding = now;
  };
  engine.subscribe(watch);
  watch();
  channel.addEventListener("message", () => engine.pause());
}
