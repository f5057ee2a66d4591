// JSON (RFC 8259) without what is left open there: no name twice, no number that is not whole or has more than
// 20 digits. Objects come as Map, whole numbers as BigInt.

const DEEPEST = 400; // objects and lists in one another, at most
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const LITERALS = [["true", true], ["false", false], ["null", null]];

/** Throws SyntaxError. */
export const parseStrictly = (text) => {
  let at = 0;

  const wrong = (what) => {
    throw new SyntaxError(`${what} (character ${at})`);
  };
  const skip = () => {
    while (at < text.length && " \t\n\r".includes(text[at])) at += 1;
  };
  const take = (mark) => {
    if (text[at] !== mark) wrong(`${mark} is expected`);
    at += 1;
  };
  const tookHere = (mark) => {
    if (text[at] !== mark) return false;
    at += 1;
    return true;
  };
  const took = (mark) => {
    skip();
    return tookHere(mark);
  };

  const string = () => {
    take('"');
    let read = "";
    for (;;) {
      const from = at;
      while (at < text.length && text[at] !== '"' && text[at] !== "\\" && text[at] >= " ") at += 1;
      read += text.slice(from, at);
      if (tookHere('"')) return read;
      if (text[at] !== "\\") wrong("the text has no end");
      at += 1;
      if (text[at] === "u") {
        const digits = text.slice(at + 1, at + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) wrong("four digits are expected");
        read += String.fromCharCode(parseInt(digits, 16));
        at += 5;
      } else {
        if (!Object.hasOwn(ESCAPES, text[at] ?? "")) wrong("this escape is not known");
        read += ESCAPES[text[at]];
        at += 1;
      }
    }
  };

  const number = () => {
    const [spelled] = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/.exec(text.slice(at, at + 400)) ?? [""];
    if (!spelled) wrong("a value is expected");
    if (!/^-?[0-9]{1,20}$/.test(spelled) || spelled === "-0") {
      wrong(`${spelled} is not a whole number of at most 64 bits`);
    }
    at += spelled.length;
    return BigInt(spelled);
  };

  const object = (depth) => {
    const fields = new Map();
    take("{");
    if (took("}")) return fields;
    do {
      skip();
      const name = string();
      if (fields.has(name)) wrong(`the field ${name} stands twice in one object`);
      skip();
      take(":");
      fields.set(name, value(depth));
    } while (took(","));
    take("}");
    return fields;
  };

  const array = (depth) => {
    const items = [];
    take("[");
    if (took("]")) return items;
    do items.push(value(depth));
    while (took(","));
    take("]");
    return items;
  };

  const value = (depth) => {
    skip();
    if (depth === DEEPEST && "{[".includes(text[at])) wrong("the file is nested too deep");
    if (text[at] === "{") return object(depth + 1);
    if (text[at] === "[") return array(depth + 1);
    if (text[at] === '"') return string();
    for (const [word, meant] of LITERALS) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meant;
      }
    }
    return number();
  };

  const read = value(0);
  skip();
  if (at < text.length) wrong("nothing is expected here");
  return read;
};
