// What was checked and what came of it: the same names, places and outcomes as the verifier in Python.

export const HOLDS = "holds";
export const FAILS = "fails";
export const DOUBTED = "not to be relied on";
export const NOT_CHECKED = "not checked";

export class Findings {
  /** `able`: whether signatures can be checked here. */
  constructor(able, checks = [], place = "") {
    this.able = able;
    this.checks = checks;
    this.place = place;
  }

  /** The same collection for a part of the bundle whose places stand below this one. */
  below(place) {
    return new Findings(this.able, this.checks, this.place + place);
  }

  add(outcome, name, place, sentence) {
    this.checks.push({ name, place: this.place + place, outcome, sentence });
  }

  holds(name, place, sentence) {
    this.add(HOLDS, name, place, sentence);
  }

  fails(name, place, sentence) {
    this.add(FAILS, name, place, sentence);
  }

  doubts(name, place, sentence) {
    this.add(DOUBTED, name, place, sentence);
  }

  notChecked(name, place, sentence) {
    this.add(NOT_CHECKED, name, place, sentence);
  }

  /** Runs a check; a Fault in it is a failing check. True if there was none. */
  async attempt(Fault, name, place, check, before = "") {
    try {
      await check();
      return true;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.fails(name, place, before + fault.message);
      return false;
    }
  }
}

export const UNABLE = "this browser cannot check Ed25519 signatures here";
