// Checks of one log entry: its facts, its commitment, and its place in the log.

import { encodeCbor } from "./cbor.js";
import { Fault, same } from "./octets.js";
import { entryLeaf } from "./statement.js";
import { checkInclusion, leafHash, rootFromSteps, rootOf } from "./tree.js";

/** Leaf hash of the fact [salt, name, value]. */
export const factLeaf = (fact) => leafHash(encodeCbor([fact.salt, fact.name, fact.value]));

/** The shown facts are the event's, and the event is in the log. True if nothing fails. */
export const checkEntry = async (event, place, trees, findings) => {
  const factsHold = await checkFacts(event, place, findings);
  return (await checkPlace(event, place, trees, findings)) && factsHold;
};

const checkFacts = async (event, place, findings) => {
  if (event.erased) return checkErasedFacts(event, place, findings);
  const leaves = await Promise.all(event.facts.map(factLeaf));
  const names = new Set();
  let good = true;
  for (const [at, fact] of event.facts.entries()) {
    const where = `${place}/facts/${at}`;
    if (!same(await rootFromSteps(leaves[at], fact.path), event.facts_root)) {
      good = false;
      findings.fails("fact", where, `the fact '${fact.name}' is not one of this event`);
    } else if (names.has(fact.name) && fact.name !== "package") {
      good = false;
      findings.fails("fact", where, `the fact '${fact.name}' is stated twice`);
    }
    names.add(fact.name);
  }
  if (good) findings.holds("fact", `${place}/facts`, `${leaves.length} facts belong to this event`);
  if (!same(await rootOf(leaves), event.facts_root)) {
    findings.notChecked("fact", `${place}/facts`, "this event has facts that are not shown");
  }
  return good;
};

const checkErasedFacts = async ({ erased, facts_root: root }, place, findings) => {
  let good = true;
  for (const [at, { leaf, path }] of erased.facts.entries()) {
    if (same(await rootFromSteps(leaf, path), root)) continue;
    good = false;
    findings.fails("fact", `${place}/erased/facts/${at}`, "this is no fact of this event");
  }
  return good;
};

const checkPlace = async (event, place, trees, findings) => {
  const tree = trees.findLast(({ first }) => first <= event.index);
  if (!tree) {
    findings.fails("inclusion", place, "the log does not hold this event: it lies before the shards of this bundle");
    return false;
  }
  const { checkpoint } = tree;
  if (!checkpoint) {
    findings.notChecked("inclusion", place, "without a checkpoint nothing is in the log");
    return false;
  }
  const { root, size } = checkpoint;
  const included = async () =>
    checkInclusion({ root, size, index: event.index - tree.first, leaf: await entryLeaf(event), path: event.path });
  if (!(await findings.attempt(Fault, "inclusion", place, included, "the log does not hold this event: "))) return false;
  findings.holds("inclusion", place, `the event is entry ${event.index} of the log`);
  return true;
};
