// Tells a scanner from a person by the speed of the keys. Knows nothing of the page.

const GAP = 50; // milliseconds between two keys of a scanner at most; people need twice as long on average
const MEAN = 35;
export const LEAST = 8; // keys in a row; a fast pair or a rolled-over word is no scan
export const WHOLE = 16; // without a suffix nothing says that a scan is over: so long it must be, and quiet after it
export const QUIET = 300;

/** One run of keys that follow each other quickly. */
export class Burst {
  keys = 0;
  text = ""; // what the keys gave as far as they tell it
  #first = 0;
  #last = -Infinity;

  /** Takes the time of a key in milliseconds; true if it goes on from the one before. */
  continues(at) {
    return at - this.#last <= GAP;
  }

  add(at, text) {
    if (!this.continues(at)) {
      this.keys = 0;
      this.text = "";
      this.#first = at;
    }
    this.keys += 1;
    this.text += text;
    this.#last = at;
  }

  end() {
    this.keys = 0;
    this.text = "";
    this.#last = -Infinity;
  }

  /** Whether a key at this moment (the suffix) ends what only a scanner can have typed. */
  isScan(at, least = LEAST) {
    const mean = (this.#last - this.#first) / Math.max(1, this.keys - 1);
    return this.keys >= least && mean <= MEAN && at - this.#last <= Math.max(GAP, QUIET);
  }
}
