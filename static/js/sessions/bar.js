// The bar that says what waits on this device, what was sent, what was refused. Hidden while there is nothing to say.

export class Bar {
  constructor(root, { forgotten }) {
    this.root = root;
    this.word = root.querySelector("[data-sending-word]");
    this.sent = 0;
    this.forgotten = forgotten;
  }

  /** Shows the scans that are still kept here. */
  show(kept) {
    const refused = kept.filter((scan) => scan.refused);
    this.count("waiting", kept.length - refused.length);
    this.count("sent", this.sent);
    this.count("refused", refused.length);
    this.refusals(refused);
    if (kept.length) this.root.hidden = false;
  }

  count(name, number) {
    this.root.querySelector(`[data-${name}]`).textContent = String(number);
  }

  /** state: offline | trouble | signed-out | first | full, or "" for all is well. */
  say(state, sentence = "") {
    this.root.dataset.state = state;
    const name = state.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    const words = sentence || (state && this.word.dataset[name]) || "";
    if (this.word.textContent !== words) this.word.textContent = words;
    if (state) this.root.hidden = false;
  }

  refusals(scans) {
    const list = this.root.querySelector("[data-refusals]");
    const template = document.querySelector("template[data-refusal]");
    list.replaceChildren(
      ...scans.map((scan) => {
        const item = template.content.firstElementChild.cloneNode(true);
        item.querySelector("[data-raw]").textContent = scan.raw;
        item.querySelector("[data-sentence]").textContent = scan.refused;
        item.querySelector("[data-forget]").addEventListener("click", () => this.forgotten(scan));
        return item;
      }),
    );
  }
}
