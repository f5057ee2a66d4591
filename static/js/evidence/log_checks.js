// Checks of the log itself: its key, the checkpoint, who cosigned it, where it is anchored.

import { UNABLE } from "./findings.js";
import { cosignedAt, LOG_TYPES, openNote, parseCheckpoint, parseVkey, sameKey, signatureOf, WITNESS_TYPES } from "./note.js";
import { Fault } from "./octets.js";
import { checkConsistency } from "./tree.js";

/** The key to check the log with: the reader's, or else the bundle's own, which is said. */
export const logKey = async (bundle, pinned, findings) => {
  let own;
  if (!(await findings.attempt(Fault, "log key", "/log/vkey", async () => {
    own = await parseVkey(bundle.log.vkey, LOG_TYPES);
  }))) return pinned;
  if (!pinned) {
    findings.notChecked("log key", "/log/vkey", `the log's key comes from the bundle itself: compare it with the published ${own.vkey}`);
    return own;
  }
  if (sameKey(pinned, own)) findings.holds("log key", "/log/vkey", "the log's key is the one you gave");
  else findings.fails("log key", "/log/vkey", "the bundle is of a log with another key than yours");
  return pinned;
};

const signedByLog = (note, origin, log) => {
  if (!signatureOf(note, log)) throw new Fault("the log did not sign the checkpoint");
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== origin) throw new Fault(`the checkpoint is of ${checkpoint.origin}, not of ${origin}`);
  return checkpoint;
};

/** The checkpoint, if the log signed it; and who cosigned it. */
export const checkCheckpoint = async (bundle, log, pinned, findings) => {
  const place = "/checkpoint";
  if (!log) {
    findings.notChecked("checkpoint", place, "there is no key to check the checkpoint with");
    return null;
  }
  let checkpoint, listed, others, note;
  if (!(await findings.attempt(Fault, "checkpoint", place, async () => {
    listed = [];
    for (const vkey of bundle.log.witnesses) listed.push(await parseVkey(vkey, WITNESS_TYPES));
    others = pinned.filter((witness) => !listed.some((one) => sameKey(one, witness)));
    note = await openNote(bundle.checkpoint, [log, ...listed, ...others], findings.able);
    checkpoint = signedByLog(note, bundle.log.origin, log);
  }))) return null;
  if (findings.able) findings.holds("checkpoint", place, `the log signed its state at ${checkpoint.size} entries`);
  else findings.notChecked("checkpoint", place, `that the log signed its state at ${checkpoint.size} entries: ${UNABLE}`);
  checkCosignatures(note, listed, others, pinned, findings);
  return checkpoint;
};

const checkCosignatures = (note, listed, others, pinned, findings) => {
  [...listed, ...others].forEach((witness, at) => {
    const place = at < listed.length ? `/log/witnesses/${at}` : "/checkpoint";
    const found = signatureOf(note, witness);
    if (!found) {
      findings.fails("cosignature", place, `${witness.name} did not cosign the checkpoint`);
      return;
    }
    const sentence = `${witness.name} cosigned the checkpoint at ${cosignedAt(found)} (POSIX time)`;
    if (!found.checked) findings.notChecked("cosignature", place, `that ${sentence}: no signature of its kind can be checked here`);
    else if (pinned.some((one) => sameKey(one, witness))) findings.holds("cosignature", place, sentence);
    else findings.notChecked("cosignature", place, `${sentence}, but its key comes from the bundle itself`);
  });
  if (!listed.length && !others.length) findings.notChecked("cosignature", "/log/witnesses", "no witness is named in the bundle");
  for (const { name } of note.unknown) {
    findings.notChecked("cosignature", "/checkpoint", `the signature of ${name} is of an unknown key`);
  }
};

/** Each anchored checkpoint is of the same log and the same history. By the anchor's `kind`. */
const ANCHOR_CHECKS = {
  journal: async (anchor, bundle, log, checkpoint, findings) => {
    const note = await openNote(anchor.checkpoint, [log], findings.able);
    const anchored = signedByLog(note, bundle.log.origin, log);
    await checkGrowth(anchored, checkpoint, anchor.path);
    return `the operator's journal holds the same history at ${anchored.size} entries; it does not protect against the operator`;
  },
};

/** One of the two trees is a prefix of the other. Throws Fault. */
export const checkGrowth = async (one, other, path) => {
  const [old, grown] = one.size <= other.size ? [one, other] : [other, one];
  await checkConsistency({ oldRoot: old.root, oldSize: old.size, newRoot: grown.root, newSize: grown.size, path });
};

export const checkAnchors = async (bundle, log, checkpoint, findings) => {
  if (!bundle.anchors.length) findings.notChecked("anchor", "/anchors", "the checkpoint is not anchored anywhere");
  for (const [at, anchor] of bundle.anchors.entries()) {
    const place = `/anchors/${at}`;
    if (!log || !checkpoint) {
      findings.notChecked("anchor", place, "without a checkpoint there is nothing to anchor");
      continue;
    }
    await findings.attempt(Fault, "anchor", place, async () => {
      const sentence = await ANCHOR_CHECKS[anchor.kind](anchor, bundle, log, checkpoint, findings);
      if (findings.able) findings.holds("anchor", place, sentence);
      else findings.notChecked("anchor", place, UNABLE);
    }, "the journal tells another story: ");
  }
};
