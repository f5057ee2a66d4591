// What a scanner's keys mean where the browser types nothing for them: the separators of GS1 codes.

export const GS = "\x1d";

// Ctrl with the key that has the character on a US keyboard, as most scanners send control characters.
const BY_CODE = { BracketRight: GS, Backslash: "\x1c" };
const BY_CODE_SHIFTED = { Digit6: "\x1e", Minus: "\x1f" };
const BY_KEY = { "]": GS, "\\": "\x1c", "^": "\x1e", _: "\x1f" };

/** The control character that a keydown stands for, or "". */
export const controlOf = (event) => {
  if (event.key === "F8" && !event.ctrlKey && !event.altKey && !event.metaKey) return GS;
  if (!event.ctrlKey || event.altKey || event.metaKey) return "";
  const shifted = event.shiftKey ? BY_CODE_SHIFTED[event.code] : undefined;
  return BY_KEY[event.key] ?? shifted ?? BY_CODE[event.code] ?? "";
};

/** The character a keydown types, "" where it types none. AltGr counts as typing; Ctrl, Alt and Meta do not. */
export const characterOf = (event) => {
  const graph = event.getModifierState("AltGraph");
  if ((event.ctrlKey || event.altKey) && !graph) return "";
  return !event.metaKey && event.key.length === 1 ? event.key : "";
};

export const isModifier = (event) =>
  ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "Fn"].includes(event.key);

/**
 * Alt held while digits are typed on the number block, as scanners in "Alt mode" send a character by its number.
 * Feed it every keydown and keyup; `character` answers at the release of Alt.
 */
export class AltNumber {
  #digits = "";

  down(event) {
    const digit = /^Numpad(\d)$/.exec(event.code);
    if (event.altKey && digit) this.#digits += digit[1];
    else if (event.key !== "Alt") this.#digits = "";
  }

  /** The control character that was given by number, "" where none was; printable ones the browser types itself. */
  up(event) {
    if (event.key !== "Alt") return "";
    const number = Number(this.#digits || "0");
    this.#digits = "";
    return number > 27 && number < 32 ? String.fromCharCode(number) : "";
  }
}
