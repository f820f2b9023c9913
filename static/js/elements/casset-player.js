import { engine } from "casset/player/engine";

/**
 * The visible player. It stays hidden until something plays or can be resumed, and what it is made of is fetched only
 * once a finger or pointer is near a play button.
 */
class CassetPlayer extends HTMLElement {
  /** @type {Promise<void>|null} */
  #awake = null;

  connectedCallback() {
    engine.subscribe(() => { if (engine.track) this.#wake(); });
    for (const type of ["pointerover", "pointerdown", "focusin"]) {
      document.addEventListener(type, ({ target }) => {
        if (target instanceof Element && target.closest("[data-play]")) this.#wake();
      }, { passive: true });
    }
    if (engine.track) this.#wake();
  }

  #wake() {
    this.#awake ??= import("casset/elements/casset-player-controls").then(({ PlayerControls }) => {
      new PlayerControls(this);
    });
  }
}

customElements.define("casset-player", CassetPlayer);
