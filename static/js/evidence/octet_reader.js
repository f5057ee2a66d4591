// Octets of a file, taken one field after the other. Throws Fault where they end too early or too late.

import { Fault } from "./octets.js";

export class OctetReader {
  constructor(octets) {
    this.octets = octets;
    this.at = 0;
  }

  take(size) {
    if (size > this.octets.length - this.at) throw new Fault("it breaks off");
    this.at += size;
    return this.octets.slice(this.at - size, this.at);
  }

  /** Unsigned LEB128, of at most 63 bits. */
  leb128() {
    let value = 0n;
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const [octet] = this.take(1);
      value |= BigInt(octet & 0x7f) << shift;
      if (!(octet & 0x80)) return value;
    }
    throw new Fault("a number in it is too large");
  }

  /** Octets behind their number. */
  counted(most) {
    const size = this.leb128();
    if (size > BigInt(most)) throw new Fault("a field in it is too long");
    return this.take(Number(size));
  }

  isAtEnd() {
    return this.at === this.octets.length;
  }

  close() {
    if (!this.isAtEnd()) throw new Fault("something follows after its end");
  }
}
