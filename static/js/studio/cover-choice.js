/** `<casset-cover-choice>`: the chosen picture shows at once, before it is saved. */

class CassetCoverChoice extends HTMLElement {
  #url = "";

  connectedCallback() {
    this.addEventListener("change", this);
  }

  disconnectedCallback() {
    URL.revokeObjectURL(this.#url);
  }

  /** @param {Event} event */
  handleEvent(event) {
    const file = /** @type {HTMLInputElement} */ (event.target).files?.[0];
    const cover = this.querySelector(".cover");
    if (!file || !cover) return;
    URL.revokeObjectURL(this.#url);
    this.#url = URL.createObjectURL(file);
    const picture = new Image();
    picture.alt = "The chosen cover, not saved yet";
    picture.addEventListener("load", () => cover.replaceChildren(picture));
    picture.src = this.#url;
  }
}

customElements.define("casset-cover-choice", CassetCoverChoice);
