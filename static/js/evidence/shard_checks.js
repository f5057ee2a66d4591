// Checks of the log through all its shards: each one's key and checkpoint, and the chain of final checkpoints. The genesis
// of a shard commits to the final checkpoint of the one before: whoever trusts the newest tree has every older one.

import { checkGenesis, checkLogKeys } from "./authority_checks.js";
import { Findings } from "./findings.js";
import { checkCheckpoint, checkLogKey, keysNamed } from "./log_checks.js";
import { allKeys, isAmong, newestKey } from "./log_keys.js";
import { LOG_TYPES, parseVkey } from "./note.js";
import { Fault, same } from "./octets.js";
import { expectFact } from "./registry_entries.js";
import { firstOf } from "./trees.js";

/** Every shard with where it stands in the file, oldest first; the last is the bundle itself. */
const partsOf = (bundle) => [...(bundle.shards ?? []).map((part, at) => ({ part, place: `/shards/${at}` })), { part: bundle, place: "" }];

/** Every shard's key and signed tree. What the reader asks of witnesses is asked of the newest: the older ones hang on it. */
export const checkHeads = async (bundle, pinned, witnesses, findings) => {
  const ledTo = await isLedTo(bundle, pinned, findings.able);
  const heads = [];
  for (const { part, place } of partsOf(bundle)) {
    const told = findings.below(place);
    const log = await checkLogKey(part, pinned, told, ledTo);
    const checkpoint = await checkCheckpoint(part, log, part === bundle ? witnesses : [], told);
    heads.push({ part, place, told, log, tree: { first: firstOf(part.genesis), checkpoint } });
  }
  return heads;
};

/** Whether a pinned key of one shard leads to all: each begins with the key that the one before ended with, under a name
 *  of its own. That the trees hang together is looked at by `checkChain`. */
const isLedTo = async (bundle, pinned, able) => {
  if (!bundle.shards || !pinned.length) return false;
  const keys = [];
  const begun = [];
  try {
    for (const { part } of partsOf(bundle)) {
      keys.push(await keysNamed(part, await parseVkey(part.log.vkey, LOG_TYPES), new Findings(able)));
      begun.push(await parseVkey(String(part.genesis.fact("log_key")), LOG_TYPES));
    }
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return false;
  }
  const linked = begun.slice(1).every((key, at) => same(key.key, newestKey(keys[at]).key));
  return linked && keys.some((log) => allKeys(log).some((one) => isAmong(one, pinned)));
};

/** The registrar's public key, when the genesis of each shard names it for this very log, and each goes on where the one
 *  before ended. */
export const checkChain = async (heads, findings) => {
  const registrars = [];
  for (const { part, told, log, tree } of heads) {
    const registrar = await checkGenesis(part, log, [tree], told);
    await checkLogKeys(part, registrar, [tree], told);
    registrars.push(registrar);
  }
  let good = true;
  for (const [at, ended] of heads.slice(0, -1).entries()) {
    const begun = heads[at + 1];
    const place = `${begun.place}/genesis`;
    if (!ended.tree.checkpoint || !registrars[at] || !registrars[at + 1]) {
      findings.notChecked("predecessor", place, "what this shard goes on from is not known to be signed");
      good = false;
      continue;
    }
    const linked = await findings.attempt(Fault, "predecessor", place, () => checkLink(ended, begun, registrars[at], registrars[at + 1]));
    if (linked) findings.holds("predecessor", place, `it goes on where ${ended.part.log.origin} ended, at ${ended.tree.checkpoint.size} entries`);
    good &&= linked;
  }
  return good ? registrars.at(-1) : null;
};

const checkLink = (ended, begun, before, after) => {
  const { genesis } = begun.part;
  const { checkpoint, first } = ended.tree;
  expectFact(genesis, "predecessor", ended.part.log.origin);
  expectFact(genesis, "predecessor_size", checkpoint.size);
  expectFact(genesis, "predecessor_root", checkpoint.root);
  expectFact(genesis, "first", first + checkpoint.size);
  if (!same(before, after)) throw new Fault("the shard before has another registrar");
  if (!ended.log || !begun.log || !same(newestKey(ended.log).key, begun.log.first.key)) {
    throw new Fault("it does not begin with the key that the shard before ended with");
  }
};
