// Checks of the log itself: its key, the checkpoint, who cosigned it.

import { UNABLE } from "./findings.js";
import { cosignedAt, LOG_TYPES, openNote, parseCheckpoint, parseVkey, sameKey, signatureOf, WITNESS_TYPES } from "./note.js";
import { Fault } from "./octets.js";

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

export const signedByLog = (note, origin, log) => {
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
