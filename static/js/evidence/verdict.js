// The verdict on an evidence bundle: everything that was checked, and what was not. Our own module; what it needs of
// cryptography is the browser's. It checks bytes: what the page around it shows is no part of it.

import { checkAnchors } from "./anchor_checks.js";
import { checkKeys, checkSignature } from "./authority_checks.js";
import { knowsEd25519 } from "./crypto.js";
import { checkEntry } from "./entry_checks.js";
import { DOUBTED, FAILS, Findings, NOT_CHECKED } from "./findings.js";
import { readBundle, WrongField } from "./format.js";
import { checkContainers, checkCorrections, checkDisclosure, checkHistory, checkSubject } from "./history_checks.js";
import { newestKey } from "./log_keys.js";
import { checkMarks } from "./marks.js";
import { checkMeaning } from "./meaning_checks.js";
import { LOG_TYPES, parseVkey, WITNESS_TYPES } from "./note.js";
import { Fault, fromUtf8 } from "./octets.js";
import { checkChain, checkHeads } from "./shard_checks.js";
import { readStatement } from "./statement.js";

const CLOCK_SKEW = 300;

/** Checks a bundle's file (Uint8Array or text).
 *
 * `logVkey` (several of one log with spaces between) and `witnessVkeys` are keys that the reader knows from elsewhere; `now` is in seconds since 1970, for
 * statements from the future. Returns { holds, unable, unconfirmedLogKey, checks, bundle }: `holds` only where nothing
 * fails, nothing is `doubted` (signed with a stolen key), and signatures could be checked. Throws NotABundle for a file that is none, Fault for a key that is none.
 */
export const verifyBundle = async (file, { logVkey, witnessVkeys = [], now } = {}) => {
  const pinned = [];
  for (const vkey of logVkey?.split(/\s+/) ?? []) if (vkey) pinned.push(await parseVkey(vkey, LOG_TYPES));
  const witnesses = [];
  for (const vkey of new Set(witnessVkeys)) witnesses.push(await parseVkey(vkey, WITNESS_TYPES));
  const findings = new Findings(await knowsEd25519());
  let bundle;
  try {
    bundle = readBundle(typeof file === "string" ? file : textOf(file));
  } catch (fault) {
    if (!(fault instanceof WrongField)) throw fault;
    findings.fails("format", fault.place, fault.message);
    return verdictOf(findings, null, null);
  }
  findings.holds("format", "", "the file has exactly the fields of the format");
  const heads = await checkHeads(bundle, pinned, witnesses, findings);
  const trees = heads.map(({ tree }) => tree);
  for (const { part, told, log: keys, tree } of heads) await checkAnchors(part, keys, tree.checkpoint, told);
  const registrar = await checkChain(heads, findings);
  const keys = await checkKeys(bundle, registrar, trees, findings);
  const { log } = heads.at(-1);
  for (const [at, event] of bundle.events.entries()) {
    await checkEntry(event, `/events/${at}`, trees, findings);
    await checkSignature(event, `/events/${at}`, keys, findings);
    await checkMarks(event, `/events/${at}`, registrar, trees, findings);
  }
  await checkHistory(bundle, findings);
  checkSubject(bundle, findings);
  checkContainers(bundle, findings);
  checkCorrections(bundle, findings);
  checkMeaning(bundle, findings);
  checkDisclosure(bundle, findings);
  if (now !== undefined) checkTimes(bundle, now, findings);
  return verdictOf(findings, bundle, log && !pinned.length ? newestKey(log).vkey : null);
};

const textOf = (octets) => {
  try {
    return fromUtf8(octets);
  } catch {
    return ""; // no text, so no bundle: the reader of the format says so
  }
};

const verdictOf = ({ able, checks }, bundle, unconfirmedLogKey) => ({
  holds: able && !checks.some((check) => [FAILS, DOUBTED].includes(check.outcome)),
  unable: !able,
  unconfirmedLogKey,
  checks,
  failed: checks.filter((check) => check.outcome === FAILS),
  doubted: checks.filter((check) => check.outcome === DOUBTED),
  unchecked: checks.filter((check) => check.outcome === NOT_CHECKED),
  bundle,
});

const checkTimes = (bundle, now, findings) => {
  bundle.events.forEach((event, at) => {
    if (!event.signature.cose) return;
    let signedAt;
    try {
      signedAt = readStatement(event.signature.cose).iat;
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return; // said by the check of the signature
    }
    if (Number(signedAt) > now + CLOCK_SKEW) findings.fails("time", `/events/${at}/signature`, "the statement was signed in the future");
  });
};
