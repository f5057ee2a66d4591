// Checks of authority: the genesis names the registrar, the registrar names keys, keys sign.

import { checkEntry } from "./entry_checks.js";
import { UNABLE } from "./findings.js";
import { firstOf } from "./trees.js";
import { Fault, same, toHex } from "./octets.js";
import { covers, expectFact, signedWithStolen, stolenReport } from "./registry_entries.js";
import { claimsOf, kidOf, readStatement } from "./statement.js";

const ENDED = ["revoked", "retired"];

/** The registrar's public key, when the genesis entry names it for this very log. */
export const checkGenesis = async (bundle, log, trees, findings) => {
  const { genesis } = bundle;
  if (!(await checkEntry(genesis, "/genesis", trees, findings))) return null;
  if (!findings.able) {
    findings.notChecked("genesis", "/genesis", UNABLE);
    return null;
  }
  const registrar = genesis.fact("registrar");
  const good = await findings.attempt(Fault, "genesis", "/genesis", async () => {
    if (genesis.index !== firstOf(genesis)) throw new Fault("the genesis is entry 0 of a log, or has the number that it says");
    if (!(registrar instanceof Uint8Array)) throw new Fault("the genesis does not name the registrar's key");
    const { kid } = await claimsOf(genesis, registrar);
    expectFact(genesis, "registrar_kid", kid);
    expectFact(genesis, "origin", bundle.log.origin);
    expectFact(genesis, "log_key", log ? log.first.vkey : bundle.log.vkey);
  });
  if (!good) return null;
  findings.holds("genesis", "/genesis", "the log's first entry names its key and its registrar");
  return registrar;
};

/** The entries that name the log's later keys stand in the log, and the registrar signed them. What they say, and the
 *  notes of the old keys, was looked at with the log's key. */
export const checkLogKeys = async (bundle, registrar, trees, findings) => {
  for (const [at, entry] of (bundle.log_keys ?? []).entries()) {
    const place = `/log_keys/${at}`;
    if (!(await checkEntry(entry, place, trees, findings))) continue;
    if (!registrar) {
      findings.notChecked("succession", place, "the registrar of the log is not known");
      continue;
    }
    await findings.attempt(Fault, "succession", place, async () => {
      await claimsOf(entry, registrar);
      findings.holds("succession", place, `entry ${entry.index} names the key that signs what is larger`);
    });
  }
  findings.notChecked("succession", "/log/vkey", "that no other entry names a later key of the log is the bundle's word");
};

const keyName = (iss, kid) => `${toHex(kid)} ${iss}`;

/** The keys of the bundle whose registration holds, by organisation and key identifier: what stands after `since`
 *  and before `until` they may sign. */
export const checkKeys = async (bundle, registrar, trees, findings) => {
  const known = new Map();
  for (const [at, key] of bundle.keys.entries()) {
    const name = keyName(key.iss, key.kid);
    if (known.has(name)) {
      findings.fails("key", `/keys/${at}`, `the key of ${key.iss} stands twice in the bundle`);
      continue;
    }
    const found = await checkKey(key, `/keys/${at}`, registrar, trees, findings);
    if (found) known.set(name, found);
  }
  return known;
};

const checkKey = async (key, place, registrar, trees, findings) => {
  const events = [[key.event, `${place}/event`, ["registered"]]];
  if (key.revoked) events.push([key.revoked, `${place}/revoked`, ENDED]);
  if (key.stolen) events.push([key.stolen, `${place}/stolen`, ["stolen"]]);
  let included = true;
  for (const [event, where] of events) included = (await checkEntry(event, where, trees, findings)) && included;
  if (!included) return null;
  if (!registrar) {
    findings.notChecked("key", place, "the registrar of the log is not known");
    return null;
  }
  for (const [event, where, actions] of events) {
    if (!(await findings.attempt(Fault, "key", where, () => checkRegistration(key, event, registrar, actions)))) return null;
  }
  const later = [key.revoked, key.stolen].filter(Boolean).map((event) => event.index);
  if (later.some((index) => index <= key.event.index)) {
    findings.fails("key", place, "the key ended, or was stolen, before it was registered");
    return null;
  }
  let report = null;
  if (key.stolen && !(await findings.attempt(Fault, "key", `${place}/stolen`, async () => {
    report = await stolenReport(key.stolen, registrar);
  }))) return null;
  findings.holds("key", place, `the registrar registered the key of ${key.iss}`);
  if (!key.revoked) findings.notChecked("key", place, `that the key of ${key.iss} was not revoked is the bundle's word`);
  if (!key.stolen) findings.notChecked("key", place, `that nobody reported the key of ${key.iss} stolen is the bundle's word`);
  return { publicKey: key.public_key, since: key.event.index, until: later.sort((a, b) => (a < b ? -1 : 1))[0], report };
};

const checkRegistration = async (key, event, registrar, actions) => {
  if (!same(key.kid, await kidOf(key.public_key))) throw new Fault("the key identifier is not that of the public key");
  await claimsOf(event, registrar);
  expectFact(event, "registry", "key");
  expectFact(event, "organisation", key.iss);
  expectFact(event, "kid", key.kid);
  expectFact(event, "public_key", key.public_key);
  if (!actions.includes(event.fact("action"))) throw new Fault(`the entry does not say that the key was ${actions.join(" or ")}`);
};

/** The shown statement is signed with a key that was its issuer's at that point of the log. */
export const checkSignature = async (event, place, keys, findings) => {
  const where = `${place}/signature`;
  if (!event.signature.cose || !findings.able) {
    findings.notChecked("signature", where, event.signature.cose ? UNABLE : "the signed statement is not shown");
    return;
  }
  await findings.attempt(Fault, "signature", where, async () => {
    const { iss, kid } = readStatement(event.signature.cose);
    const key = keys.get(keyName(iss, kid));
    if (!key) throw new Fault(`no registered key of ${iss} in the bundle fits it`);
    if (event.index <= key.since) throw new Fault("the key was registered only after the statement");
    if (key.until !== undefined && event.index >= key.until) throw new Fault("the key was no longer valid at the time of the statement");
    const { sub, iat } = await claimsOf(event, key.publicKey);
    if (event.fact("event") !== null) expectFact(event, "event", sub);
    if (event.fact("actor") !== null) expectFact(event, "actor", iss);
    findings.holds("signature", where, `${iss} signed this event`);
    if (key.report && covers(key.report, iat, event.index)) findings.doubts("stolen", where, signedWithStolen(key.report));
  });
};
