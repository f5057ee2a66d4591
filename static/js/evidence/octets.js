// Bytes, and the three texts that stand for them: base64, hexadecimal, UTF-8.

/** What does not hold, as a sentence. */
export class Fault extends Error {}

export const join = (...parts) => {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
};

export const same = (a, b) =>
  a instanceof Uint8Array && b instanceof Uint8Array && a.length === b.length && a.every((octet, at) => octet === b[at]);

export const toHex = (octets) => Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");

export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export const toBase64 = (octets) => btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join(""));

/** Standard base64 with padding, in its one spelling (RFC 4648 §4). Throws Fault. */
export const fromBase64 = (text) => {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw new Fault("this is not base64");
  const octets = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (toBase64(octets) !== text) {
    throw new Fault("this is not the canonical base64 of its bytes");
  }
  return octets;
};

/** False for a lone surrogate, which UTF-8 cannot carry. */
export const isUnicode = (text) => !/\p{Surrogate}/u.test(text);

export const toUtf8 = (text) => new TextEncoder().encode(text);

/** Throws TypeError for bytes that are no UTF-8. A byte order mark is a character like others. */
export const fromUtf8 = (octets) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
