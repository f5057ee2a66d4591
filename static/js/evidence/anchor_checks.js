// Checks of anchors: each is of the same log and history. What it tells of the time, a reader of this page has nothing to
// hold it against: that is said not to be checked, once it is known to be about this very checkpoint.

import { sha256 } from "./crypto.js";
import { UNABLE } from "./findings.js";
import { openOfLog } from "./log_keys.js";
import { signatureOf } from "./note.js";
import { Fault, fromHex, join, same, toBase64, toUtf8 } from "./octets.js";
import { readOts } from "./ots_proof.js";
import { readTimeStamp } from "./time_stamp.js";
import { checkGrowth } from "./tree.js";

/** SHA-256 of the checkpoint as the log alone signed it: the note's text, an empty line, the log's signature line. */
const stampedDigest = (note, log) => {
  const { signature } = signatureOf(note, log);
  return sha256(toUtf8(`${note.text}\n\u2014 ${log.name} ${toBase64(join(fromHex(log.id), signature))}\n`));
};

/** What an anchor of each kind shows: `holds`, or `open`, what is not checked. Throws Fault. */
const ANCHOR_KINDS = {
  journal: (anchor, size) => ({
    holds: `the operator's journal holds the same history at ${size} entries; it does not protect against the operator`,
  }),
  rfc3161: ({ token }, size, digest) => {
    const { algorithm, imprint, time } = readTimeStamp(token);
    if (algorithm !== "sha256") throw new Fault("the time stamp is over another hash than SHA-256");
    if (!same(imprint, digest)) throw new Fault("the time stamp is over something else than this checkpoint");
    return { open: `a time stamp says that the first ${size} entries existed at ${time}; who signed it is not checked here (pharmatrace verify --tsa-root)` };
  },
  opentimestamps: ({ proof }, size, digest) => {
    const { hash, digest: over, heights } = readOts(proof);
    if (hash !== "sha256" || !same(over, digest)) throw new Fault("the proof is over something else than this checkpoint");
    if (!heights.length) return { open: "no block attests to it yet: its calendars have still to deliver" };
    return { open: `it leads to the Bitcoin block ${heights.join(", ")}, which is not looked up here (pharmatrace verify --bitcoin-header)` };
  },
  evm: ({ record }) => ({
    open: `it is said to be in the transaction ${record.transaction} on the chain ${record.chain_id}, which is not looked up here (pharmatrace verify --evm-receipt)`,
  }),
};

export const checkAnchors = async (bundle, keys, checkpoint, findings) => {
  if (!bundle.anchors.length) findings.notChecked("anchor", "/anchors", "the checkpoint is not anchored anywhere");
  for (const [at, anchor] of bundle.anchors.entries()) {
    const place = `/anchors/${at}`;
    if (!keys || !checkpoint) {
      findings.notChecked("anchor", place, "without a checkpoint there is nothing to anchor");
      continue;
    }
    let anchored, note, log;
    const sameHistory = await findings.attempt(Fault, "anchor", place, async () => {
      ({ note, checkpoint: anchored, key: log } = await openOfLog(anchor.checkpoint, keys, bundle.log.origin, [], findings.able));
      await checkGrowth(anchored, checkpoint, anchor.path);
    }, `the ${anchor.kind} tells another story: `);
    if (!sameHistory) continue;
    await findings.attempt(Fault, "anchor", place, async () => {
      const { holds, open } = ANCHOR_KINDS[anchor.kind](anchor, anchored.size, await stampedDigest(note, log));
      if (!findings.able) findings.notChecked("anchor", place, UNABLE);
      else if (holds) findings.holds("anchor", place, holds);
      else findings.notChecked("anchor", place, `${anchor.kind}: ${open}`);
    }, `${anchor.kind}: `);
  }
};
