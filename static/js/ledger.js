// The explorer's pages check their own proofs: what is read here is what stands on the page, byte for byte.

import { knowsEd25519 } from "./evidence/crypto.js";
import { checkGrowth } from "./evidence/tree.js";
import { LOG_TYPES, openNote, parseCheckpoint, parseVkey, signatureOf } from "./evidence/note.js";
import { Fault, fromBase64 } from "./evidence/octets.js";
import { checkInclusion, leafHash } from "./evidence/tree.js";

const notes = () => [...document.querySelectorAll("[data-note]")].map((shown) => shown.textContent);
const path = () => [...document.querySelectorAll("[data-path]")].map((shown) => fromBase64(shown.textContent.trim()));
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const opened = async (note, keys, able) => {
  const read = await openNote(note, keys, able);
  if (!keys.some((key) => signatureOf(read, key))) throw new Fault("the log did not sign the checkpoint");
  return parseCheckpoint(read.text);
};

const CHECKS = {
  checkpoint: async ([own], _, able) => (able ? `the log signed its state at ${own.size} entries` : "it is a checkpoint of this log"),
  entry: async ([newest], place) => {
    const leaf = await leafHash(fromHex(document.querySelector("[data-entry]").textContent.trim()));
    await checkInclusion({ root: newest.root, size: newest.size, index: BigInt(place.dataset.index), leaf, path: path() });
    return `the entry is number ${place.dataset.index} of the ${newest.size} in the checkpoint`;
  },
  growth: async ([old, grown]) => {
    await checkGrowth(old, grown, path());
    return `the ${old.size} entries are the first of the ${grown.size}, by both signed roots`;
  },
};

for (const place of document.querySelectorAll("[data-ledger]")) {
  try {
    const able = await knowsEd25519();
    const keys = []; // a log that changed its key has several
    for (const vkey of place.dataset.vkey.split(" ")) keys.push(await parseVkey(vkey, LOG_TYPES));
    const checkpoints = [];
    for (const note of notes()) checkpoints.push(await opened(note, keys, able));
    const sentence = await CHECKS[place.dataset.ledger](checkpoints, place, able);
    place.textContent = able
      ? `✓ Checked in this browser: ${sentence}. The log's key is the one that this site names: compare it.`
      : `Checked in this browser as far as it can: ${sentence}; but it cannot check signatures (Ed25519), so who signed is not checked.`;
    place.dataset.outcome = able ? "holds" : "not checked";
  } catch (fault) {
    place.textContent = `✗ Checked in this browser, and it does not hold: ${fault.message}.`;
    place.dataset.outcome = "fails";
  }
}
