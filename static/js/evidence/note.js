// Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

import { sha256, signedBy } from "./crypto.js";
import { Fault, fromBase64, isUnicode, join, same, toBase64, toHex, toUtf8 } from "./octets.js";

const LARGEST_NOTE = 1_000_000;
const MOST_SIGNATURES = 64;
const DASH = "\u2014 ";
const SPACE = /[\u0000-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

const afterTime = (text, signature) => {
  const at = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  return [at, toUtf8(`cosignature/v1\ntime ${at}\n${text}`), signature.slice(8)];
};

/** Signature types by their number: how long the key is, and what it signed. `check` is missing where no
 *  browser can: then the signature is found, and said not to be checked. */
const TYPES = {
  0x01: { keySize: 32, check: (key, text, signature) => signedBy(key, toUtf8(text), signature) },
  0x04: {
    keySize: 32,
    check: (key, text, signature) => {
      if (signature.length !== 72) return false;
      const [at, message, bare] = afterTime(text, signature);
      return at < 1n << 63n && signedBy(key, message, bare);
    },
  },
  0x06: { keySize: 1312, size: 8 + 2420 }, // ML-DSA-44
};
export const LOG_TYPES = [0x01];
export const WITNESS_TYPES = [0x04, 0x06];

const checkKeyName = (name) => {
  if (!name || name.includes("+") || SPACE.test(name) || !isUnicode(name)) throw new Fault(`${name} cannot be the name of a key`);
};

/** A verifier key, `<name>+<hex key ID>+<base64 key>`, of one of these types. Throws Fault. */
export const parseVkey = async (vkey, types) => {
  const [name, identifier = "", ...rest] = vkey.split("+");
  checkKeyName(name);
  let key;
  try {
    key = fromBase64(rest.join("+"));
  } catch {
    throw new Fault("the verifier key is not <name>+<key ID>+<base64 key>");
  }
  const type = TYPES[key[0]];
  if (!types.includes(key[0]) || key.length !== type.keySize + 1) throw new Fault("the verifier key is not of a known type and length");
  const id = toHex((await sha256(join(toUtf8(`${name}\n`), key))).slice(0, 4));
  if (identifier !== id) throw new Fault("the key ID of the verifier key does not fit its name and key");
  return { name, id, key: key.slice(1), type, vkey: `${name}+${id}+${toBase64(key)}` };
};

const parseLine = (line) => {
  const at = line.indexOf(" ", DASH.length);
  if (!line.startsWith(DASH) || at < 0) throw new Fault("a signature line is not a dash, a name and a signature");
  const name = line.slice(DASH.length, at);
  const raw = fromBase64(line.slice(at + 1));
  if (raw.length < 5) throw new Fault(`the signature of ${name} is too short`);
  checkKeyName(name);
  return { name, id: toHex(raw.slice(0, 4)), signature: raw.slice(4) };
};

/** Text and signatures, nothing verified. */
export const splitNote = (note) => {
  if ([...note].length > LARGEST_NOTE) throw new Fault("the note is too large");
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) throw new Fault("the note has a control character other than newline");
  if (!isUnicode(note)) throw new Fault("the note is not valid Unicode");
  const gap = note.lastIndexOf("\n\n");
  if (gap < 0) throw new Fault("the note has no blank line before its signatures");
  if (!note.endsWith("\n") || gap + 2 >= note.length) throw new Fault("the last line of the note has no end");
  const lines = note.slice(gap + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new Fault(`the note has more than ${MOST_SIGNATURES} signatures`);
  return { text: note.slice(0, gap + 1), signatures: lines.map(parseLine) };
};

/** The note, if at least one known key signed it and no known key's signature is wrong. `signed` are the known
 *  keys' signatures, each with `checked`; without `able` none is. Throws Fault. */
export const openNote = async (note, verifiers, able) => {
  const known = new Map();
  for (const verifier of verifiers) {
    const name = `${verifier.name}+${verifier.id}`;
    if (known.has(name)) throw new Fault(`two known keys are both ${name}`);
    known.set(name, verifier);
  }
  const { text, signatures } = splitNote(note);
  const signed = new Map();
  const unknown = [];
  for (const found of signatures) {
    const name = `${found.name}+${found.id}`;
    const verifier = known.get(name);
    if (!verifier) {
      unknown.push(found);
      continue;
    }
    const { check, size } = verifier.type;
    const checked = able && check !== undefined;
    const good = checked ? await check(verifier.key, text, found.signature) : !size || found.signature.length === size;
    if (!good) throw new Fault(`the signature of ${found.name} on the note is wrong`);
    if (!signed.has(name)) signed.set(name, { ...found, checked });
  }
  if (!signed.size) throw new Fault("no known key signed the note");
  return { text, signed, unknown };
};

export const signatureOf = (note, verifier) => note.signed.get(`${verifier.name}+${verifier.id}`);

/** Seconds since 1970 of a cosignature. */
export const cosignedAt = ({ signature }) => afterTime("", signature)[0];

/** The text of a checkpoint's note: origin, size, root, and what follows. Throws Fault. */
export const parseCheckpoint = (text) => {
  const lines = text.slice(0, -1).split("\n");
  if (lines.length < 3 || lines.includes("")) throw new Fault("a checkpoint is at least three lines, and none is empty");
  const [origin, size, root] = lines;
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(size) || BigInt(size) >= 1n << 63n) {
    throw new Fault("the tree size of the checkpoint is no whole number in its one form");
  }
  const digest = fromBase64(root);
  if (digest.length !== 32) throw new Fault("the root hash of the checkpoint is not 32 bytes");
  return { origin, size: BigInt(size), root: digest };
};

export const sameKey = (a, b) => a.name === b.name && a.id === b.id && same(a.key, b.key);
