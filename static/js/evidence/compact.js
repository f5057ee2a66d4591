// The compact form of one event, as a QR code carries it: version, then DEFLATE of deterministic CBOR
// (docs/formats.md). It proves, to whoever knows the log's key, that the log holds these facts.

import { CborReader } from "./cbor.js";
import { knowsEd25519 } from "./crypto.js";
import { checkEntry, factLeaf } from "./entry_checks.js";
import { FAILS, Findings, NOT_CHECKED, UNABLE } from "./findings.js";
import { LOG_TYPES, openNote, parseCheckpoint, parseVkey, splitNote } from "./note.js";
import { Fault, join, toBase64 } from "./octets.js";
import { nodeHash } from "./tree.js";

const COMPACT_VERSION = 1;
const MOST_OCTETS = 20_000;
const DEEPEST_TREE = 24;
const GROUP_WIDTHS = [3, 5, 8, 10, 13, 15, 17, 20, 22, 25, 27, 29];
const NAMES = (
  "event type action time step disposition place from to container product lot expiry manufacturer" +
  " actor role country reported_by recorder declares reason reason_uri corrective managed package"
).split(" ");

const must = (held) => {
  if (!held) throw new Fault("a field has another shape");
};

/** The octets behind decimal digits: 29 for twelve octets, fewer for the rest. Throws Fault. */
export const fromDigits = (text) => {
  if (!/^[0-9]*$/.test(text)) throw new Fault("these are not digits");
  const parts = [];
  for (let at = 0; at < text.length; at += 29) {
    const part = text.slice(at, at + 29);
    const size = GROUP_WIDTHS.indexOf(part.length) + 1;
    let value = BigInt(part);
    if (!size || value >> BigInt(8 * size)) throw new Fault("these digits stand for no octets");
    const octets = new Uint8Array(size);
    for (let place = size - 1; place >= 0; place -= 1, value >>= 8n) octets[place] = Number(value & 255n);
    parts.push(octets);
  }
  return join(...parts);
};

const inflate = async (octets) => {
  const reader = new Blob([octets]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return join(...parts);
      size += value.length;
      if (size > MOST_OCTETS) throw new Fault("the octets are too long");
      parts.push(value);
    }
  } catch (fault) {
    throw fault instanceof Fault ? fault : new Fault("the octets cannot be unpacked");
  }
};

/** The root of a tree of facts; its facts, with their steps, go into `found`. */
const factsOf = async (tree, found, depth = 0) => {
  if (tree instanceof Uint8Array) {
    must(tree.length === 32);
    return tree;
  }
  must(Array.isArray(tree) && (tree.length === 2 || tree.length === 3) && depth < DEEPEST_TREE);
  if (tree.length === 3) {
    const [salt, number, value] = tree;
    const name = typeof number === "bigint" ? NAMES[Number(number)] : number;
    must(salt instanceof Uint8Array && salt.length === 16 && typeof name === "string");
    const fact = { salt, name, value, path: [] };
    found.push(fact);
    return factLeaf(fact);
  }
  const start = found.length;
  const left = await factsOf(tree[0], found, depth + 1);
  const middle = found.length;
  const right = await factsOf(tree[1], found, depth + 1);
  found.slice(start, middle).forEach((fact) => fact.path.push({ side: "right", digest: right }));
  found.slice(middle).forEach((fact) => fact.path.push({ side: "left", digest: left }));
  return nodeHash(left, right);
};

/** Subject, checkpoint (a note signed by the log) and event. Throws Fault. */
export const unpackCompact = async (octets) => {
  if (octets[0] !== COMPACT_VERSION) throw new Fault("these octets are not of version 1");
  let fields;
  try {
    const reader = new CborReader(await inflate(octets.slice(1)));
    fields = reader.value();
    reader.end();
  } catch (fault) {
    throw new Fault(`the octets cannot be read: ${fault.message}`);
  }
  must(Array.isArray(fields) && fields.length === 9);
  const [subject, origin, size, root, signature, index, path, digest, tree] = fields;
  must(typeof subject === "string" && typeof origin === "string");
  for (const number of [size, index]) must(typeof number === "bigint" && number >= 0n && number < 1n << 63n);
  for (const one of [root, signature, path, digest]) must(one instanceof Uint8Array);
  must(signature.length === 68 && digest.length === 32 && path.length % 32 === 0);
  const facts = [];
  const factsRoot = await factsOf(tree, facts);
  must(facts.length);
  const checkpoint = `${origin}\n${size}\n${toBase64(root)}\n\n\u2014 ${origin} ${toBase64(signature)}\n`;
  parseCheckpoint(splitNote(checkpoint).text);
  const event = {
    type: 1,
    index,
    facts_root: factsRoot,
    facts,
    signature: { digest },
    path: Array.from({ length: path.length / 32 }, (_, at) => path.slice(32 * at, 32 * at + 32)),
    fact: (name) => facts.find((fact) => fact.name === name)?.value ?? null,
  };
  return { subject, checkpoint, event };
};

/** The verdict on the octets; `logVkey` is the log's key (or its keys, with spaces between), without which nothing holds. It is `confirmed` when it is the
 *  reader's own, and not the word of the site that shows the answer. Throws Fault. */
export const verifyCompact = async (octets, { logVkey, confirmed = true } = {}) => {
  const keys = [];
  for (const vkey of logVkey?.split(/\s+/) ?? []) if (vkey) keys.push(await parseVkey(vkey, LOG_TYPES));
  const { subject, checkpoint, event } = await unpackCompact(octets);
  const [signature] = splitNote(checkpoint).signatures;
  // A log that changed its key has several: the one whose key ID the signature has.
  const log = keys.find((key) => key.name === signature.name && key.id === signature.id) ?? keys.at(-1) ?? null;
  const findings = new Findings(await knowsEd25519());
  let tree = parseCheckpoint(splitNote(checkpoint).text);
  if (!log) {
    findings.notChecked("log key", "", "the code does not carry the log's key: give it");
    findings.notChecked("checkpoint", "/checkpoint", "without the log's key its signature is not checked");
  } else {
    if (confirmed) findings.holds("log key", "", "the log's key is the one you gave");
    else findings.notChecked("log key", "", `the log's key is the one that this site names: compare it with another's ${log.vkey}`);
    const good = await findings.attempt(Fault, "checkpoint", "/checkpoint", () => openNote(checkpoint, [log], findings.able));
    if (!good) tree = null;
    else if (findings.able) findings.holds("checkpoint", "/checkpoint", `the log signed its state at ${tree.size} entries`);
    else findings.notChecked("checkpoint", "/checkpoint", UNABLE);
  }
  await checkEntry(event, "/event", [{ first: 0n, checkpoint: tree }], findings);
  const named = event.facts.some((fact) => fact.name === "package" && Array.isArray(fact.value) && fact.value[0] === subject);
  if (named) findings.holds("subject", "/event", "the event names the package");
  else findings.fails("subject", "/event", "the event does not name the package");
  findings.notChecked("signature", "/event", "who signed the event: that is in the whole evidence");
  findings.notChecked("stolen", "/event", "that the key it was signed with was not reported stolen: ask for the whole evidence");
  findings.notChecked("completeness", "/event", "what happened before and after this event");
  const failed = findings.checks.filter((check) => check.outcome === FAILS);
  return {
    holds: findings.able && log !== null && !failed.length,
    unable: !findings.able,
    unconfirmedLogKey: log && !confirmed ? log.vkey : null,
    keyless: log === null,
    checks: findings.checks,
    failed,
    doubted: [], // no code is made of what was signed with a stolen key
    unchecked: findings.checks.filter((check) => check.outcome === NOT_CHECKED),
    bundle: { subject, events: [event], disclosure: "one event" },
  };
};

/** The octets of what a QR code says: digits, alone or behind the `#` of an address. */
export const fromCode = (text) => fromDigits(text.trim().split("#").at(-1));
