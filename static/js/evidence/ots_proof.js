// Reading OpenTimestamps proofs (detached files, version 1): operations from a file's hash to attestations. Only what a
// proof is of and where it leads is read; nothing is computed, so messages are followed by their length alone.

import { OctetReader } from "./octet_reader.js";
import { Fault, same, toHex, toUtf8 } from "./octets.js";

const OTS_MAGIC = Uint8Array.of(0, ...toUtf8("OpenTimestamps"), 0, 0, ...toUtf8("Proof"), 0, 0xbf, 0x89, 0xe2, 0xe8, 0x84, 0xe8, 0x92, 0x94);
const LARGEST_PROOF = 100_000;
const LONGEST_MESSAGE = 4096;
const LONGEST_PAYLOAD = 8192;
const LONGEST_URI = 1000;
const DEEPEST_PROOF = 256;
const BITCOIN = "0588960d73d71901";
const PENDING = "83dfe30d2ef90c8e";
const HASHES = { 0x02: ["sha1", 20], 0x03: ["ripemd160", 20], 0x08: ["sha256", 32] };
const [APPEND, PREPEND, REVERSE, HEXLIFY, KECCAK] = [0xf0, 0xf1, 0xf2, 0xf3, 0x67];

/** The hash of the file, and the heights of the Bitcoin blocks that attest to it. Throws Fault. */
export const readOts = (proof) => {
  if (proof.length > LARGEST_PROOF) throw new Fault("the proof is too large");
  const reader = new OctetReader(proof);
  if (!same(reader.take(OTS_MAGIC.length), OTS_MAGIC)) throw new Fault("this is no OpenTimestamps proof");
  const version = reader.leb128();
  if (version !== 1n) throw new Fault(`the proof is of version ${version}, not 1`);
  const [kind] = reader.take(1);
  if (!Object.hasOwn(HASHES, kind)) throw new Fault("the proof is of a file by an unknown hash");
  const [hash, size] = HASHES[kind];
  const digest = reader.take(size);
  const heights = heightsIn(reader, size);
  reader.close();
  return { hash, digest, heights: [...new Set(heights)].sort((a, b) => (a < b ? -1 : 1)) };
};

/** `branches` are the messages from which further branches follow: lengths, null for one that nobody can compute. */
const heightsIn = (reader, size) => {
  const heights = [];
  const branches = [[size, 0]];
  while (branches.length) {
    let [length, depth] = branches.pop();
    for (;;) {
      let [tag] = reader.take(1);
      if (tag === 0xff) {
        branches.push([length, depth]);
        [tag] = reader.take(1);
      }
      if (tag === 0x00) {
        const height = attestedHeight(reader);
        if (height !== null) heights.push(height);
        break;
      }
      length = lengthAfter(tag, reader, length);
      depth += 1;
      if (depth >= DEEPEST_PROOF) throw new Fault("the proof is nested too deep");
    }
  }
  return heights;
};

const lengthAfter = (tag, reader, length) => {
  let grown = length;
  if (tag === APPEND || tag === PREPEND) {
    const more = reader.counted(LONGEST_MESSAGE).length;
    if (!more) throw new Fault("the proof appends nothing");
    grown = length === null ? null : length + more;
  } else if (tag === HEXLIFY) {
    grown = length === null ? null : 2 * length;
  } else if (Object.hasOwn(HASHES, tag)) {
    grown = length === null ? null : HASHES[tag][1];
  } else if (tag === KECCAK) {
    grown = null;
  } else if (tag !== REVERSE) {
    throw new Fault("the proof has an unknown operation");
  }
  if (grown > LONGEST_MESSAGE) throw new Fault("a message in the proof grows too long");
  return grown;
};

/** The height of a Bitcoin block; null for calendars that have still to deliver, and for notaries that are not known. */
const attestedHeight = (reader) => {
  const tag = toHex(reader.take(8));
  const inside = new OctetReader(reader.counted(LONGEST_PAYLOAD));
  if (tag === BITCOIN) {
    const height = inside.leb128();
    inside.close();
    return height;
  }
  if (tag === PENDING) {
    const uri = inside.counted(LONGEST_URI);
    inside.close();
    if (!/^[A-Za-z0-9._/:-]*$/.test(String.fromCharCode(...uri))) throw new Fault("a calendar's address in the proof is none");
  }
  return null;
};
