// Deterministic CBOR (RFC 8949 §4.2.1) of what facts and statements hold: BigInt, text, Uint8Array, true, false,
// null, and lists of these. Reading takes nothing that writing would not have made.

import { Fault, fromUtf8, join, toUtf8 } from "./octets.js";

const LARGEST = 1n << 64n;
const DEEPEST_CBOR = 48;

/** Initial byte of a major type and its shortest argument. */
export const cborHead = (major, argument) => {
  const kind = major << 5;
  if (argument < 24n) return Uint8Array.of(kind | Number(argument));
  const width = argument < 0x100n ? 0 : argument < 0x10000n ? 1 : argument < 0x100000000n ? 2 : 3;
  const octets = new Uint8Array(1 + (1 << width));
  octets[0] = kind | (24 + width);
  for (let at = octets.length - 1; at > 0; at -= 1) {
    octets[at] = Number(argument & 0xffn);
    argument >>= 8n;
  }
  return octets;
};

export const cborText = (text) => {
  const raw = toUtf8(text);
  return join(cborHead(3, BigInt(raw.length)), raw);
};

export const cborOctets = (octets) => join(cborHead(2, BigInt(octets.length)), octets);

export const encodeCbor = (value) => {
  if (typeof value === "string") return cborText(value);
  if (typeof value === "bigint") return value >= 0n ? cborHead(0, value) : cborHead(1, -1n - value);
  if (value instanceof Uint8Array) return cborOctets(value);
  if (Array.isArray(value)) return join(cborHead(4, BigInt(value.length)), ...value.map(encodeCbor));
  return Uint8Array.of(value === null ? 0xf6 : value ? 0xf5 : 0xf4);
};

/** Reads one value after the other. Throws Fault, or TypeError for text that is no UTF-8. */
export class CborReader {
  constructor(octets) {
    this.octets = octets;
    this.at = 0;
  }

  take(size) {
    if (size > this.octets.length - this.at) throw new Fault("the bytes end too early");
    this.at += size;
    return this.octets.slice(this.at - size, this.at);
  }

  /** The very bytes. */
  expect(...wanted) {
    if (!this.take(wanted.length).every((octet, at) => octet === wanted[at])) throw new Fault("other bytes are expected");
  }

  end() {
    if (this.at !== this.octets.length) throw new Fault("there are bytes after the end");
  }

  head() {
    const [first] = this.take(1);
    const major = first >> 5;
    const small = first & 31;
    if (small < 24) return [major, BigInt(small)];
    if (small > 27) throw new Fault("this form of CBOR has no place here");
    let argument = 0n;
    for (const octet of this.take(1 << (small - 24))) argument = (argument << 8n) | BigInt(octet);
    if (cborHead(major, argument).length !== 1 + (1 << (small - 24))) throw new Fault("a number is not in its shortest form");
    return [major, argument];
  }

  of(wanted) {
    const [major, argument] = this.head();
    if (major !== wanted) throw new Fault("another kind of value is expected");
    return argument;
  }

  number() {
    return this.of(0);
  }

  bytes(size) {
    const found = this.take(Number(this.of(2)));
    if (size !== undefined && found.length !== size) throw new Fault(`${size} bytes are expected`);
    return found;
  }

  text() {
    return fromUtf8(this.take(Number(this.of(3))));
  }

  value(depth = 0) {
    if (depth > DEEPEST_CBOR) throw new Fault("the value is nested too deep");
    const [major, argument] = this.head();
    if (major === 0) return argument;
    if (major === 1) return -1n - argument;
    if (major === 2) return this.take(Number(argument));
    if (major === 3) return fromUtf8(this.take(Number(argument)));
    if (major === 4 && argument < LARGEST) {
      if (argument > this.octets.length) throw new Fault("the bytes end too early");
      return Array.from({ length: Number(argument) }, () => this.value(depth + 1));
    }
    if (major === 7 && argument >= 20n && argument <= 22n) return [false, true, null][Number(argument) - 20];
    throw new Fault("this form of CBOR has no place here");
  }
}
