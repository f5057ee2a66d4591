// Checks of a package's history: every event speaks of it, and its facts form one chain.

import { factLeaf } from "./entry_checks.js";
import { same, toHex } from "./octets.js";

const GOODS = ["product", "lot", "expiry", "manufacturer"];
const PUBLIC_FACTS =
  "type action time step disposition product lot expiry manufacturer role country recorder declares reason package".split(" ");

const packageValues = (event) =>
  event.facts.filter((fact) => fact.name === "package" && Array.isArray(fact.value)).map((fact) => fact.value);

/** The packages an event names; what is not a text is no name. */
const epcsOf = (event) => new Set(packageValues(event).map(([epc]) => epc).filter((epc) => typeof epc === "string"));

const rootName = (value) => (value instanceof Uint8Array ? toHex(value) : null);

/** Facts roots of the events that others declare wrong. */
const declaredWrong = (events) => new Set(events.map((event) => rootName(event.fact("declares"))).filter(Boolean));

const isPackageFact = (value) =>
  Array.isArray(value) && value.length === 3 && typeof value[0] === "string" && typeof value[1] === "bigint" && value[1] >= 0n &&
  (value[2] === null || (value[2] instanceof Uint8Array && value[2].length === 32));

/** The subject's chain is whole from its first fact; other packages' chains where shown. */
export const checkHistory = async (bundle, findings) => {
  const chains = new Map();
  for (const [at, event] of bundle.events.entries()) {
    for (const [number, fact] of event.facts.entries()) {
      if (fact.name !== "package") continue;
      const place = `/events/${at}/facts/${number}`;
      if (!isPackageFact(fact.value)) {
        findings.fails("chain", place, "a package fact is an EPC, a number from 0, and a hash or null");
        continue;
      }
      const [epc, seq, previous] = fact.value;
      if (!chains.has(epc)) chains.set(epc, []);
      chains.get(epc).push({ epc, seq, previous, leaf: await factLeaf(fact), place, at });
    }
  }
  for (const [epc, chain] of chains) if (epc !== bundle.subject) checkSegments(epc, chain, findings);
  if (bundle.ofEvent) return;
  const erased = bundle.events.flatMap((event, at) => (event.erased?.facts ?? []).map(({ leaf }) => ({ leaf, at })));
  checkWhole(bundle.subject, chains.get(bundle.subject) ?? [], erased, findings);
};

const follows = (link, expected, findings) => {
  if (link.previous === expected || same(link.previous, expected)) return true;
  findings.fails("chain", link.place, `fact ${link.seq} of ${link.epc} does not follow from the one before`);
  return false;
};

/** `erased` are leaves of facts that were erased, each with the number of its event. */
const checkWhole = (epc, chain, erased, findings) => {
  if (!chain.length) {
    findings.fails("subject", "/package", `no event in the bundle is about ${epc}`);
    return;
  }
  let good = true;
  let before = null;
  for (const link of chain) {
    const seq = before ? before.seq + 1n : 0n;
    if (link.seq === seq) {
      good = follows(link, before?.leaf ?? null, findings) && good;
    } else if (!isBridged(link, seq, before, erased, findings)) {
      findings.fails("chain", link.place, `fact ${seq} of the package is missing before this`);
      return;
    }
    before = link;
  }
  if (good) findings.holds("chain", "/events", `the ${chain.length} facts about the package form one chain from its first`);
  findings.notChecked("completeness", "/events", `that fact ${before.seq} of the package is its latest`);
};

/** Whether the facts from `seq` up to this one were erased: the last of them is the one this fact follows. */
const isBridged = (link, seq, before, erased, findings) => {
  const between = erased.filter(({ at }) => at > (before?.at ?? -1) && at < link.at);
  const missing = link.seq - seq;
  if (missing <= 0n || missing > BigInt(between.length) || !between.some(({ leaf }) => same(leaf, link.previous))) return false;
  const more = missing > 1n ? `; that facts ${seq} to ${link.seq - 2n} were erased, too, is the bundle's word` : "";
  findings.notChecked("chain", link.place, `what fact ${link.seq - 1n} of the package said: it was erased, and this one follows it${more}`);
  return true;
};

const checkSegments = (epc, chain, findings) => {
  chain.forEach((link, at) => {
    const before = chain[at - 1];
    if (!before && link.seq === 0n) follows(link, null, findings);
    else if (before && link.seq <= before.seq) findings.fails("chain", link.place, `the facts about ${epc} are out of order`);
    else if (before && link.seq === before.seq + 1n) follows(link, before.leaf, findings);
    else findings.notChecked("chain", link.place, `what happened to ${epc} before this event`);
  });
};

/** Every event is about the package, or about a container that an event shows it to be in; in a bundle about an
 *  event, each is that event, or declares it wrong. */
export const checkSubject = (bundle, findings) => {
  if (bundle.ofEvent) {
    checkEvent(bundle, findings);
    return;
  }
  const holders = new Set([bundle.subject]);
  const wrong = declaredWrong(bundle.events);
  bundle.events.forEach((event, at) => {
    const place = `/events/${at}`;
    const epcs = epcsOf(event);
    if (!epcs.has(bundle.subject) && event.facts.some((fact) => GOODS.includes(fact.name))) {
      findings.fails("subject", place, "this event tells of goods and does not name the package");
    } else if (event.erased) {
      findings.notChecked("subject", place, "what this event was about: it was erased");
    } else if (!epcs.size && bundle.disclosure === "regulator") {
      findings.fails("subject", place, "this event speaks of no package");
    } else if (!epcs.size) {
      findings.notChecked("subject", place, "that this event is about what the package was in: it is not named");
    } else if ([...epcs].some((epc) => holders.has(epc))) {
      if (!wrong.has(toHex(event.facts_root))) follow(event, holders);
    } else {
      findings.notChecked("subject", place, `that the package was inside ${[...epcs].sort()[0]} at this event`);
    }
  });
};

const checkEvent = (bundle, findings) => {
  if (!bundle.events.length) findings.fails("subject", "/event", "no event in the bundle is the one it is about");
  bundle.events.forEach((event, at) => {
    if (event.fact("event") === bundle.subject) findings.holds("subject", `/events/${at}`, "it names the event that the bundle is about");
    else findings.fails("subject", `/events/${at}`, "this is another event than the bundle is about");
  });
  if (!bundle.events.some((event) => event.fact("declares") !== null)) {
    findings.notChecked("completeness", "/events", "that nobody declared the event wrong later");
  }
};

const follow = (event, holders) => {
  const container = event.fact("container");
  if (typeof container !== "string") return;
  if (event.fact("action") === "ADD") holders.add(container);
  if (event.fact("action") === "DELETE") holders.delete(container);
};

/** Says where nothing ties what a container went through to the package in it. */
export const checkContainers = (bundle, findings) => {
  const followed = new Set(bundle.ofEvent ? [] : [bundle.subject]);
  const inside = new Map();
  const wrong = declaredWrong(bundle.events);
  bundle.events.forEach((event, at) => {
    if (wrong.has(toHex(event.facts_root)) || event.fact("declares") !== null) return;
    const epcs = epcsOf(event);
    const container = event.fact("container");
    const named = typeof container === "string" && epcs.has(container);
    for (const epc of [...followed].filter((one) => epcs.has(one) && one !== container).sort()) {
      if (!mayPack(event)) {
        if (named && inside.get(epc) === container) inside.delete(epc);
      } else if (named) {
        inside.set(epc, container);
        followed.add(container);
      } else {
        findings.notChecked(
          "completeness",
          `/events/${at}`,
          "what its container went through while the package was in it: that is not chained to the package in this bundle, so events may be missing",
        );
      }
    }
  });
  for (const container of [...new Set(inside.values())].sort()) {
    findings.notChecked("completeness", "/events", `that nothing more happened to ${container} while the package was in it`);
  }
};

/** True unless the event shows that it puts nothing into a container. */
const mayPack = (event) => [null, "AggregationEvent"].includes(event.fact("type")) && [null, "ADD"].includes(event.fact("action"));

/** What is declared wrong stands in the bundle, before the declaration. */
export const checkCorrections = (bundle, findings) => {
  const before = new Map();
  bundle.events.forEach((event, at) => {
    const declares = event.fact("declares");
    const wrong = before.get(rootName(declares));
    if (wrong !== undefined) findings.holds("correction", `/events/${at}`, `it declares the event at /events/${wrong} wrong`);
    else if (declares !== null) findings.fails("correction", `/events/${at}`, "the event that this one declares wrong is not in the bundle");
    before.set(toHex(event.facts_root), at);
  });
};

/** A public bundle shows no more than anybody may see; a regulator's hides no statement. */
export const checkDisclosure = (bundle, findings) => {
  bundle.events.forEach((event, at) => {
    if (bundle.disclosure === "public") {
      event.facts.forEach((fact, number) => {
        if (!PUBLIC_FACTS.includes(fact.name)) findings.fails("disclosure", `/events/${at}/facts/${number}`, `the fact '${fact.name}' is not public`);
      });
    } else if (bundle.disclosure === "regulator" && event.signature.digest && !event.erased) {
      findings.fails("disclosure", `/events/${at}/signature`, "a statement is hidden from the regulator");
    }
  });
};
