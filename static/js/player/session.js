import { engine } from "casset/player/engine";

/** Lock screen, headphones, media keys: the Media Session of the browser. */

const ACTIONS = /** @type {Record<string, ((details: any) => void)|null>} */ ({
  play: () => engine.resume(),
  pause: () => engine.pause(),
  stop: () => engine.pause(),
  previoustrack: () => engine.prev(),
  nexttrack: () => engine.next(),
  // Once any handler is set, iOS offers a position bar only with this one and a position state.
  seekto: ({ seekTime }) => engine.seek(seekTime * 1000),
  // These would take the place of previous and next on the lock screen.
  seekforward: null,
  seekbackward: null,
});

let told = "";

/** Follow the engine, where the browser has a media session. */
export function attachSession() {
  if (!("mediaSession" in navigator)) return;
  engine.subscribe(update);
  update();
}

function update() {
  const { track, state } = engine;
  const session = navigator.mediaSession;
  if (!track) return;
  session.playbackState = engine.wanting ? "playing" : "paused";
  // iOS forgets handlers and metadata between elements: say them again whenever sound begins.
  const now = `${track.id} ${state.gen} ${state.name === "playing"}`;
  if (now !== told) announce();
  told = now;
  position();
}

function announce() {
  const { track } = engine;
  if (!track) return;
  const { title, artist, casset, cover } = track;
  const artwork = [[cover.small, "160x160"], [cover.large, "640x640"]].filter(([src]) => src)
    .map(([src, sizes]) => ({ src, sizes, type: "image/webp" }));
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album: casset, artwork });
  for (const [action, handler] of Object.entries(ACTIONS)) {
    try {
      navigator.mediaSession.setActionHandler(/** @type {MediaSessionAction} */ (action), handler);
    } catch {
      // This browser does not know the action.
    }
  }
}

function position() {
  const duration = engine.duration_ms / 1000;
  const at = engine.position_ms / 1000;
  if (!Number.isFinite(duration) || duration <= 0 || !("setPositionState" in navigator.mediaSession)) return;
  navigator.mediaSession.setPositionState({ duration, position: Math.min(at, duration), playbackRate: 1 });
}
