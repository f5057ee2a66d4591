// Tells a verdict to a person: the answer first, what the proven bytes say, then every step for whoever wants it.

import { DOUBTED, FAILS, HOLDS, NOT_CHECKED } from "./findings.js";

/** Which checks make up a step, and what the step means, in the order of the stair. */
const STEPS = [
  ["The file", ["format"], "Every field is there, once, in its only spelling; nothing else is."],
  ["The key of the log", ["log key"], "The key that everything below rests on is the one you know."],
  ["The signature of the log", ["checkpoint", "policy"], "The log signed its state: how many entries it has, and their common fingerprint."],
  ["Witnesses", ["cosignature"], "Others have seen that state follow from all earlier ones, so nobody is shown another story."],
  ["Anchors", ["anchor"], "The state of the log was also written down elsewhere. What others say of its time is only checked where the reader brings something to hold it against."],
  ["Who may sign", ["genesis", "succession", "key"], "The log's first entry names the registrar; the registrar named the companies' keys before they were used."],
  ["Facts", ["fact"], "Each fact that is shown belongs to what was signed; changing one letter would show."],
  ["Place in the log", ["inclusion"], "What was signed is an entry of the log, at its place."],
  ["Signatures of the companies", ["signature"], "Whoever made a statement signed it, with a key that was theirs at that time."],
  ["Stolen keys", ["stolen"], "Whoever stole a key can sign like its owner: every proof is good, and what is signed may be the thief's. Do not rely on it."],
  ["What was erased", ["erased"], "The registrar says in the log that a record was erased: its place is still there, its words are gone."],
  ["One history", ["chain", "subject", "correction", "meaning", "completeness"], "The statements about this pack follow on one another without a gap."],
  ["What is shown", ["disclosure", "time"], "The file shows what its level allows, and nothing from the future."],
];

const WORDS = {
  [HOLDS]: ["good", "✓", "holds"],
  [FAILS]: ["stop", "✗", "fails"],
  [DOUBTED]: ["stop", "!", "not to be relied on"],
  [NOT_CHECKED]: ["unknown", "–", "not checked"],
};
const FACTS = { product: "Product", lot: "Lot", expiry: "Expiry", manufacturer: "Maker" };

export const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
};

/** Tone, headline, sentence, and a sign where it is not that of the tone. Good only where nothing fails or is doubted, signatures were checked and the log's key is known. */
const summary = ({ holds, unable, unconfirmedLogKey, keyless, failed, doubted }) => {
  if (failed.length) {
    return ["stop", "This proof does not hold", `${count(failed.length, "check fails", "checks fail")}: ${failed[0].sentence}. Do not rely on it.`];
  }
  if (doubted.length) {
    return [
      "stop",
      "Not to be relied on",
      `Nothing is altered in this proof, and ${count(doubted.length, "event", "events")} in it may be a thief's: ${doubted[0].sentence}. Do not rely on it.`,
      "!",
    ];
  }
  if (unable) {
    return [
      "unknown",
      "Not checked to the end",
      "This browser, or the way this page was opened, cannot check signatures (Ed25519 in WebCrypto, which needs https or a file). Fingerprints and paths fit, but who signed was not checked, so nothing is proven here.",
    ];
  }
  if (keyless) {
    return ["unknown", "The key of the log is missing", "The code fits together, but without the log's key nobody can tell whose log it is. Give the key, as you know it from elsewhere."];
  }
  if (unconfirmedLogKey) {
    return [
      "unknown",
      "Nothing is wrong with this proof",
      "It holds for the key of the log below, which you have not confirmed: whoever made the proof may have made that log, too. Compare the key with one you got elsewhere.",
    ];
  }
  return holds ? ["good", "This proof holds", "Everything that could be checked holds, for the key of the log that you gave."] : ["unknown", "Not checked", ""];
};

const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

const mark = (outcome, word) => {
  const [tone, sign, plain] = WORDS[outcome];
  return element("span", { class: `tag tag--${tone}` }, `${sign} ${word ?? plain}`);
};

const outcomeOf = (checks) => [FAILS, DOUBTED, HOLDS, NOT_CHECKED].find((outcome) => checks.some((check) => check.outcome === outcome));

const stepOf = ([title, names, meaning], checks) => {
  const own = checks.filter((check) => names.includes(check.name));
  if (!own.length) return null;
  const outcome = outcomeOf(own);
  const open = own.filter((check) => check.outcome === NOT_CHECKED).length;
  const rest = outcome === HOLDS && open ? `, ${open} not checked` : "";
  const lines = own.map((check) =>
    element("li", {}, mark(check.outcome), ` ${check.sentence} `, element("span", { class: "soft small code" }, check.place)),
  );
  return element(
    "li",
    { "data-outcome": outcome },
    element(
      "details",
      [FAILS, DOUBTED].includes(outcome) ? { open: "" } : {},
      element("summary", {}, mark(outcome), ` ${title}`, element("span", { class: "soft small" }, rest)),
      element("p", {}, meaning),
      element("ul", { class: "list" }, ...lines),
    ),
  );
};

/** What the checked bytes say, not what the page around says. */
const saidBy = (bundle) => {
  const terms = [["About", bundle.subject]];
  for (const [name, title] of Object.entries(FACTS)) {
    const found = bundle.events.map((event) => event.fact(name)).findLast((value) => typeof value === "string");
    if (found) terms.push([title, found]);
  }
  const newest = bundle.events.findLast((event) => !event.erased);
  const step = newest && ["step", "role", "country", "time"].map((name) => newest.fact(name)).filter((value) => typeof value === "string");
  if (step?.length) terms.push(["Newest event shown", step.join(", ")]);
  const erased = bundle.events.filter((event) => event.erased).length;
  if (erased) terms.push(["Erased", count(erased, "event says nothing any more", "events say nothing any more")]);
  terms.push(["Events shown", String(bundle.events.length - erased)], ["How much is shown", bundle.disclosure]);
  return element("dl", { class: "facts" }, ...terms.map(([term, said]) => element("div", {}, element("dt", {}, term), element("dd", {}, said))));
};

/** Puts the verdict into `place`. `differences` are sentences about what is shown elsewhere and not in the bytes. */
export const tell = (place, verdict, { open = false, differences = [] } = {}) => {
  const { bundle, checks, unconfirmedLogKey, unchecked } = verdict;
  const [tone, word, sentence, sign] = differences.length && !verdict.failed.length
    ? ["stop", "The page says something else than the proof", differences.join(" ")]
    : summary(verdict);
  const parts = [
    element("div", { class: `verdict verdict--${tone}`, role: "status" }, element("span", { class: "verdict__mark", "aria-hidden": "true" }, sign ?? { good: "✓", stop: "✗" }[tone] ?? "?"),
      element("div", {}, element("p", { class: "verdict__word" }, word), element("p", {}, sentence))),
  ];
  if (unconfirmedLogKey) {
    parts.push(element("p", { class: "small" }, "Key of the log: ", element("code", {}, unconfirmedLogKey)));
  }
  if (bundle) parts.push(element("h3", {}, verdict.failed.length ? "What the file claims" : "What these bytes say"), saidBy(bundle));
  const steps = STEPS.map((step) => stepOf(step, checks)).filter(Boolean);
  const story = element("details", { class: "stack" }, element("summary", {}, `Step by step: ${count(checks.length, "check", "checks")}`), element("ol", { class: "list steps" }, ...steps));
  if (open || verdict.failed.length || verdict.doubted.length) story.open = true;
  parts.push(story);
  const limits = element(
    "details",
    { class: "stack" },
    element("summary", {}, `What is not proven: ${count(unchecked.length, "thing", "things")} not checked`),
    element(
      "ul",
      {},
      ...unchecked.map((check) => element("li", {}, `${check.sentence} `, element("span", { class: "soft small code" }, check.place))),
      element("li", {}, "No record proves that the medicine in the box is genuine: a copied code looks like the original until both are scanned."),
    ),
  );
  parts.push(limits);
  place.replaceChildren(...parts);
};

/** Says that there is nothing to check. */
export const tellNone = (place, sentence) => {
  place.replaceChildren(
    element("div", { class: "verdict verdict--stop", role: "status" }, element("span", { class: "verdict__mark", "aria-hidden": "true" }, "✗"),
      element("div", {}, element("p", { class: "verdict__word" }, "This cannot be checked"), element("p", {}, sentence))),
  );
};
