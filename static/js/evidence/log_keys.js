// The keys of one log: which of them signs the checkpoint of which size, and how one names the next.

import { openNote, parseCheckpoint, parseVkey, LOG_TYPES, sameKey, signatureOf, splitNote } from "./note.js";
import { Fault } from "./octets.js";
import { expectFact } from "./registry_entries.js";

const SUCCESSION = "pharmatrace/log-key/v1";
const LARGEST_SUCCESSION = 4_096;

/** `first` is the key that the genesis names; `later` are those named after it, with the index of the entry. */
export const oneKey = (key) => ({ first: key, later: [] });

export const allKeys = ({ first, later }) => [first, ...later.map(({ key }) => key)];

export const newestKey = (keys) => allKeys(keys).at(-1);

/** The key that signs the checkpoint of `size` entries: the last one named among them. */
export const keyAt = ({ first, later }, size) => later.findLast(({ index }) => index < size)?.key ?? first;

const readSuccession = async (note, old, origin, able) => {
  if ([...note].length > LARGEST_SUCCESSION) throw new Fault("the succession is too large");
  const lines = splitNote(note).text.split("\n");
  if (lines.length !== 4 || lines[0] !== SUCCESSION) throw new Fault("the note names no key of a log");
  await openNote(note, [old], able);
  const key = await parseVkey(lines[2], LOG_TYPES);
  if (lines[1] !== origin || key.name !== old.name) throw new Fault(`the note names a key of ${lines[1]}, not of ${origin}`);
  return key;
};

/** The log's keys with the one that this entry names, whoever signed the entry: the old key's own note counts. `first` is
 *  the number of the shard's entry 0: which sizes a key signs is counted from there. */
export const namedKey = async (event, keys, origin, able, first = 0n) => {
  expectFact(event, "registry", "log_key");
  expectFact(event, "origin", origin);
  expectFact(event, "previous", newestKey(keys).vkey);
  const note = event.fact("note");
  if (typeof note !== "string") throw new Fault("the entry does not show the note of the old key");
  const index = event.index - first;
  if (index <= (keys.later.at(-1)?.index ?? 0n)) throw new Fault("keys are named in the order of the log");
  const key = await readSuccession(note, newestKey(keys), origin, able);
  if (allKeys(keys).some((one) => one.name === key.name && one.id === key.id)) throw new Fault("a key that was replaced does not come back");
  expectFact(event, "log_key", key.vkey);
  return { first: keys.first, later: [...keys.later, { index, key }] };
};

/** A checkpoint of this origin, signed by the key that signs its size; with the note and that key. Throws Fault. */
export const openOfLog = async (text, keys, origin, more, able) => {
  const checkpoint = parseCheckpoint(splitNote(text).text);
  const key = keyAt(keys, checkpoint.size);
  const note = await openNote(text, [key, ...more], able);
  if (!signatureOf(note, key)) throw new Fault("the log did not sign the checkpoint");
  for (const name of [key.name, origin]) {
    if (checkpoint.origin !== name) throw new Fault(`the checkpoint is of ${checkpoint.origin}, not of ${name}`);
  }
  return { note, checkpoint, key };
};

export const isAmong = (key, keys) => keys.some((one) => sameKey(one, key));
