// Scanners that work as a keyboard. Their keys go to whatever has the focus; a scan belongs into the scan box.
//
// Nothing that a person types elsewhere is touched: only what came faster than anybody types, and was ended by the
// scanner's suffix, is taken out of another field again, which then is as it was.

import { Burst, QUIET, WHOLE } from "./burst.js";
import { AltNumber, characterOf, controlOf, isModifier } from "./keys.js";

const TYPED_INTO = "textarea, select, [contenteditable]:not([contenteditable=false]), " +
  "input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=reset], [type=file], [type=range], [type=color])";
const OWN_SCANS = "[type=password], [data-own-scans]"; // a password is nobody's; some fields take scans themselves

const insert = (field, text) => {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
};

/** What a field held before a burst began, and the way back to it. */
class Before {
  constructor(field) {
    this.field = field;
    this.value = field.value;
    this.start = field.selectionStart ?? null;
    this.end = field.selectionEnd ?? null;
  }

  /** The text that came in since, or `typed` where the field does not tell. */
  taken(typed) {
    if (this.start === null || this.field.selectionStart === null) return typed;
    return this.field.value.slice(this.start, this.field.selectionStart);
  }

  restore() {
    this.field.value = this.value;
    if (this.start !== null) this.field.setSelectionRange(this.start, this.end);
  }
}

/**
 * Listens on the whole page.
 *
 * boxFor(target): the scan box's input that a scan belongs to, or null. give(input, raw, source, suffix): hands a
 * whole scan on; suffix is the key that ended it, "none" where none came.
 * empty(input): Enter was pressed in an empty box by a hand.
 */
export const listen = ({ boxFor, give, empty }) => {
  const burst = new Burst();
  const alt = new AltNumber();
  let before = null;
  let held = ""; // the first key of a scan that began where nothing could be typed into
  let timer;

  const finish = (input, raw, suffix) => {
    clearTimeout(timer);
    burst.end();
    before = null;
    give(input, raw, "wedge", suffix);
  };

  const inBox = (event, input) => {
    if (held && burst.continues(event.timeStamp)) input.value = held; // the focus came in between two keys
    held = "";
    const control = controlOf(event);
    if (control) {
      event.preventDefault();
      insert(input, control);
      burst.add(event.timeStamp, control);
      return;
    }
    const scanned = burst.isScan(event.timeStamp);
    if (event.key === "Enter" || (event.key === "Tab" && scanned)) {
      event.preventDefault();
      if (event.isComposing) return;
      const { value } = input;
      if (scanned && value) finish(input, value, event.key);
      else if (value) give(input, value, "keys");
      else if (!event.repeat) empty(input);
      burst.end();
      return;
    }
    if (characterOf(event) || event.key === "Dead") burst.add(event.timeStamp, event.key);
    if (burst.keys >= WHOLE) {
      timer = setTimeout(() => {
        if (burst.isScan(event.timeStamp, WHOLE) && input.value) finish(input, input.value, "none");
      }, QUIET);
    }
  };

  const inOtherField = (event, field, input) => {
    if (field.matches(OWN_SCANS)) return;
    const control = controlOf(event);
    if (control && burst.keys > 1 && burst.continues(event.timeStamp)) {
      event.preventDefault();
      if (field.selectionStart !== null && field.setRangeText) insert(field, control);
      burst.add(event.timeStamp, control);
      return;
    }
    if ((event.key === "Enter" || event.key === "Tab") && before?.field === field) {
      if (!burst.isScan(event.timeStamp)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const raw = before.taken(burst.text);
      before.restore();
      finish(input, raw, event.key);
      return;
    }
    const character = characterOf(event);
    if (!character && event.key !== "Dead") return;
    if (!burst.continues(event.timeStamp)) before = new Before(field);
    burst.add(event.timeStamp, character);
  };

  // Nothing has the focus that could be typed into: from its second quick key on the scan goes into the box.
  const inNothing = (event, input) => {
    const character = characterOf(event);
    if (!character && event.key !== "Dead") return;
    const goesOn = burst.keys > 0 && burst.continues(event.timeStamp);
    burst.add(event.timeStamp, character);
    if (!goesOn) {
      held = character;
      return;
    }
    input.focus();
    input.value = held; // this key's own character follows by itself, into what has the focus now
    held = "";
  };

  document.addEventListener(
    "keydown",
    (event) => {
      alt.down(event);
      if (isModifier(event) || event.repeat) return;
      clearTimeout(timer);
      const input = boxFor(event.target);
      if (!input) return;
      if (event.target === input) inBox(event, input);
      else if (event.target.matches?.(TYPED_INTO)) inOtherField(event, event.target, input);
      else inNothing(event, input);
    },
    true,
  );

  document.addEventListener(
    "keyup",
    (event) => {
      const character = alt.up(event);
      const input = character && boxFor(event.target);
      if (!input || event.target !== input) return;
      const { value } = input;
      setTimeout(() => {
        if (input.value === value) insert(input, character); // some systems type it themselves
      });
    },
    true,
  );
};
