// The explorer's pages check their own proofs: what is read here is what stands on the page, byte for byte.

import { knowsEd25519 } from "./evidence/crypto.js";
import { checkGrowth } from "./evidence/tree.js";
import { LOG_TYPES, openNote, parseCheckpoint, parseVkey, signatureOf } from "./evidence/note.js";
import { Fault, fromBase64 } from "./evidence/octets.js";
import { element } from "./evidence/telling.js";
import { checkInclusion, leafHash } from "./evidence/tree.js";
import { say, sayCount } from "./evidence/words.js";
import { learn } from "./learn.js";

const notes = () => [...document.querySelectorAll("[data-note]")].map((shown) => shown.textContent);
const path = () => [...document.querySelectorAll("[data-path]")].map((shown) => fromBase64(shown.textContent.trim()));
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

const opened = async (note, keys, able) => {
  const read = await openNote(note, keys, able);
  if (!keys.some((key) => signatureOf(read, key))) throw new Fault("the log did not sign the checkpoint");
  return parseCheckpoint(read.text);
};

const CHECKS = {
  checkpoint: async ([own], _, able) =>
    able
      ? sayCount("the log signed its state at %(count)s entry", "the log signed its state at %(count)s entries", Number(own.size))
      : say("it is a checkpoint of this log"),
  entry: async ([newest], place) => {
    const { index } = place.dataset;
    const leaf = await leafHash(fromHex(document.querySelector("[data-entry]").textContent.trim()));
    await checkInclusion({ root: newest.root, size: newest.size, index: BigInt(index), leaf, path: path() });
    return say("the entry is number %(index)s of the %(size)s in the checkpoint", { index, size: newest.size });
  },
  growth: async ([old, grown]) => {
    await checkGrowth(old, grown, path());
    return sayCount(
      "the log of %(count)s entry is the beginning of that of %(size)s, by both signed roots",
      "the log of %(count)s entries is the beginning of that of %(size)s, by both signed roots",
      Number(old.size),
      { size: grown.size },
    );
  },
};

for (const place of document.querySelectorAll("[data-ledger]")) {
  await learn(place.dataset.words);
  try {
    const able = await knowsEd25519();
    const keys = []; // a log that changed its key has several
    for (const vkey of place.dataset.vkey.split(" ")) keys.push(await parseVkey(vkey, LOG_TYPES));
    const checkpoints = [];
    for (const note of notes()) checkpoints.push(await opened(note, keys, able));
    const finding = await CHECKS[place.dataset.ledger](checkpoints, place, able);
    place.textContent = able
      ? `✓ ${say("Checked in this browser: %(finding)s. The log's key is the one that this site names: compare it.", { finding })}`
      : say("Checked in this browser as far as it can: %(finding)s; but it cannot check signatures (Ed25519), so who signed is not checked.", { finding });
    place.dataset.outcome = able ? "holds" : "not checked";
  } catch (fault) {
    // What the checking program says is English.
    place.replaceChildren(`✗ ${say("Checked in this browser, and it does not hold:")} `, element("span", { lang: "en" }, `${fault.message}.`));
    place.dataset.outcome = "fails";
  }
}
