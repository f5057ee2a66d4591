// What a registry entry says about a key or about an erasure, once the registrar is known to have signed it.

import { Fault, same } from "./octets.js";
import { claimsOf } from "./statement.js";

const LATEST_TIME = 1n << 36n; // seconds since 1970: nobody means a moment in the year 4147

/** Throws Fault unless the event shows this fact with this value. */
export const expectFact = (event, name, value) => {
  const found = event.fact(name);
  if (found !== value && !same(found, value)) throw new Fault(`the fact '${name}' is missing or says something else`);
};

const isCount = (value) => typeof value === "bigint" && value >= 0n;

/** A key was reported stolen as of `since` (seconds since 1970). What stands at `fromEntry` or later in the log was
 *  not recorded before that, whatever time a thief wrote into it. Throws Fault. */
export const stolenReport = async (event, registrar) => {
  await claimsOf(event, registrar);
  expectFact(event, "registry", "key");
  expectFact(event, "action", "stolen");
  const [since, fromEntry] = [event.fact("since"), event.fact("from_entry")];
  if (!isCount(since) || since >= LATEST_TIME || !isCount(fromEntry)) throw new Fault("the report does not say since when the key is stolen");
  return { since, fromEntry };
};

/** Whether a statement that says it was signed at `iat` may be the thief's. */
export const covers = ({ since, fromEntry }, iat, index) => iat >= since || index >= fromEntry;

export const signedWithStolen = ({ since }) =>
  `this event was signed with a key that was reported stolen as of ${new Date(Number(since) * 1000).toISOString().replace(".000", "")}`;

/** When `event` was erased, as the entry `erased` says of it. Throws Fault. */
export const checkErasure = async (erased, event, registrar) => {
  await claimsOf(erased, registrar);
  expectFact(erased, "registry", "erasure");
  expectFact(erased, "index", event.index);
  expectFact(erased, "facts_root", event.facts_root);
  if (erased.index <= event.index) throw new Fault("nothing is erased before it is recorded");
  const time = erased.fact("time");
  if (typeof time !== "string") throw new Fault("the erasure does not say when it was made");
  return time;
};
