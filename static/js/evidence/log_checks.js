// Checks of the log itself: its key, the checkpoint, who cosigned it.

import { UNABLE } from "./findings.js";
import { allKeys, isAmong, namedKey, newestKey, oneKey, openOfLog } from "./log_keys.js";
import { firstOf } from "./trees.js";
import { cosignedAt, LOG_TYPES, parseVkey, sameKey, signatureOf, WITNESS_TYPES } from "./note.js";
import { Fault } from "./octets.js";

/** The keys to check the log with, and whether the reader knows them: the bundle's own key must be one of those pinned,
 *  or one that a pinned one leads to by the old keys' notes. Without any the bundle's own is used, which is said.
 *  `ledTo`: a pinned key of another shard leads to this one's. */
export const checkLogKey = async (bundle, pinned, findings, ledTo = false) => {
  const place = "/log/vkey";
  let own;
  if (!(await findings.attempt(Fault, "log key", place, async () => {
    own = await parseVkey(bundle.log.vkey, LOG_TYPES);
  }))) return pinned.length ? oneKey(pinned[0]) : null;
  const keys = await keysNamed(bundle, own, findings);
  const known = allKeys(keys).findLastIndex((one) => isAmong(one, pinned));
  if (!pinned.length) {
    findings.notChecked("log key", place, `the log's key comes from the bundle itself: compare it with the published ${own.vkey}`);
  } else if (isAmong(own, pinned)) {
    findings.holds("log key", place, "the log's key is the one you gave");
  } else if (known >= 0) {
    const notes = keys.later.length - known;
    const sentence = `the key you gave leads to the log's key by ${notes} signed notes`;
    if (findings.able) findings.holds("log key", place, sentence);
    else findings.notChecked("log key", place, `that ${sentence}: ${UNABLE}`);
  } else if (ledTo) {
    findings.holds("log key", place, "the key you gave, of another shard of this log, leads to this one");
  } else {
    findings.fails("log key", place, "the bundle is of a log with another key than yours");
    return oneKey(pinned[0]);
  }
  return keys;
};

/** The log's keys by the old keys' own notes; the last of them must be the bundle's. Where the entries stand in the log
 *  is checked with the genesis. */
export const keysNamed = async (bundle, own, findings) => {
  if (!bundle.log_keys) return oneKey(own);
  let place = "/genesis";
  try {
    const first = bundle.genesis.fact("log_key");
    let keys = oneKey(await parseVkey(typeof first === "string" ? first : "", LOG_TYPES));
    for (const [at, entry] of bundle.log_keys.entries()) {
      place = `/log_keys/${at}`;
      keys = await namedKey(entry, keys, bundle.log.origin, findings.able, firstOf(bundle.genesis));
    }
    place = "/log/vkey";
    if (!sameKey(newestKey(keys), own)) throw new Fault("the last key that is named is not the key of this bundle");
    return keys;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    findings.fails("log key", place, fault.message);
    return oneKey(own);
  }
};

/** The checkpoint, if the log signed it; and who cosigned it. */
export const checkCheckpoint = async (bundle, keys, pinned, findings) => {
  const place = "/checkpoint";
  if (!keys) {
    findings.notChecked("checkpoint", place, "there is no key to check the checkpoint with");
    return null;
  }
  let checkpoint, listed, others, note;
  if (!(await findings.attempt(Fault, "checkpoint", place, async () => {
    listed = [];
    for (const vkey of bundle.log.witnesses) listed.push(await parseVkey(vkey, WITNESS_TYPES));
    others = pinned.filter((witness) => !listed.some((one) => sameKey(one, witness)));
    ({ note, checkpoint } = await openOfLog(bundle.checkpoint, keys, bundle.log.origin, [...listed, ...others], findings.able));
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
