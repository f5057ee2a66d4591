// Tells a verdict to a person: the answer first, what the proven bytes say, then every step for whoever wants it.

import { say, sayCount } from "./words.js";
import { DOUBTED, FAILS, HOLDS, NOT_CHECKED } from "./findings.js";
import { FACT_TITLES, STEPS, stepTitleOf } from "./telling_words.js";

const WORDS = {
  [HOLDS]: ["good", "✓", "holds"],
  [FAILS]: ["stop", "✗", "fails"],
  [DOUBTED]: ["stop", "!", "not to be relied on"],
  [NOT_CHECKED]: ["unknown", "–", "not checked"],
};

export const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
};

/** Tone, headline, sentence, and a sign where it is not that of the tone. Good only where nothing fails or is doubted, signatures were checked and the log's key is known. */
const summary = ({ holds, unable, unconfirmedLogKey, keyless, failed, doubted }) => {
  if (failed.length) {
    const fails = sayCount("%(count)s check fails.", "%(count)s checks fail.", failed.length);
    const step = say(stepTitleOf(failed[0].name));
    return ["stop", say("This proof does not hold"), `${fails} ${say("The first is part of “%(step)s”. Do not rely on this proof.", { step })}`];
  }
  if (doubted.length) {
    const thief = sayCount(
      "Nothing is altered in this proof, and %(count)s event in it may be a thief's. Do not rely on it.",
      "Nothing is altered in this proof, and %(count)s events in it may be a thief's. Do not rely on it.",
      doubted.length,
    );
    return ["stop", say("Not to be relied on"), thief, "!"];
  }
  if (unable) {
    return [
      "unknown",
      say("Not checked to the end"),
      say("This browser, or the way this page was opened, cannot check signatures (Ed25519 in WebCrypto, which needs https or a file). Fingerprints and paths fit, but who signed was not checked, so nothing is proven here."),
    ];
  }
  if (keyless) {
    return ["unknown", say("The key of the log is missing"), say("The code fits together, but without the log's key nobody can tell whose log it is. Give the key, as you know it from elsewhere.")];
  }
  if (unconfirmedLogKey) {
    return [
      "unknown",
      say("Nothing is wrong with this proof"),
      say("It holds for the key of the log below, which you have not confirmed: whoever made the proof may have made that log, too. Compare the key with one you got elsewhere."),
    ];
  }
  return holds ? ["good", say("This proof holds"), say("Everything that could be checked holds, for the key of the log that you gave.")] : ["unknown", say("Not checked"), ""];
};

// What the checking program itself says of one check is English: its words are the same in every language and in the file.
const machineWords = (check) => element("span", { lang: "en" }, ` ${check.sentence} `, element("span", { class: "soft small code" }, check.place));

const mark = (outcome, word) => {
  const [tone, sign, plain] = WORDS[outcome];
  return element("span", { class: `tag tag--${tone}` }, `${sign} ${word ?? say(plain)}`);
};

const outcomeOf = (checks) => [FAILS, DOUBTED, HOLDS, NOT_CHECKED].find((outcome) => checks.some((check) => check.outcome === outcome));

const stepOf = ([title, names, meaning], checks) => {
  const own = checks.filter((check) => names.includes(check.name));
  if (!own.length) return null;
  const outcome = outcomeOf(own);
  const open = own.filter((check) => check.outcome === NOT_CHECKED).length;
  const rest = outcome === HOLDS && open ? `, ${sayCount("%(count)s not checked", "%(count)s not checked", open)}` : "";
  const lines = own.map((check) => element("li", {}, mark(check.outcome), machineWords(check)));
  return element(
    "li",
    { "data-outcome": outcome },
    element(
      "details",
      [FAILS, DOUBTED].includes(outcome) ? { open: "" } : {},
      element("summary", {}, mark(outcome), ` ${say(title)}`, element("span", { class: "soft small" }, rest)),
      element("p", {}, say(meaning)),
      element("ul", { class: "list" }, ...lines),
    ),
  );
};

/** What the checked bytes say, not what the page around says. Their own words for kinds and levels are English. */
const saidBy = (bundle) => {
  const words = (text) => element("span", { lang: "en" }, text);
  const terms = [[say("About"), bundle.subject]];
  for (const [name, title] of Object.entries(FACT_TITLES)) {
    const found = bundle.events.map((event) => event.fact(name)).findLast((value) => typeof value === "string");
    if (found) terms.push([say(title), found]);
  }
  const newest = bundle.events.findLast((event) => !event.erased);
  const step = newest && ["step", "role", "country", "time"].map((name) => newest.fact(name)).filter((value) => typeof value === "string");
  if (step?.length) terms.push([say("Newest event shown"), words(step.join(", "))]);
  const erased = bundle.events.filter((event) => event.erased).length;
  if (erased) terms.push([say("Erased"), sayCount("%(count)s event says nothing any more", "%(count)s events say nothing any more", erased)]);
  terms.push([say("Events shown"), String(bundle.events.length - erased)], [say("How much is shown"), words(bundle.disclosure)]);
  return element("dl", { class: "facts" }, ...terms.map(([term, said]) => element("div", {}, element("dt", {}, term), element("dd", {}, said))));
};

/** Puts the verdict into `place`. `differences` are sentences about what is shown elsewhere and not in the bytes. */
export const tell = (place, verdict, { open = false, differences = [] } = {}) => {
  const { bundle, checks, unconfirmedLogKey, unchecked } = verdict;
  const [tone, word, sentence, sign] = differences.length && !verdict.failed.length
    ? ["stop", say("The page says something else than the proof"), differences.join(" ")]
    : summary(verdict);
  const first = differences.length ? verdict.failed[0] : (verdict.failed[0] ?? verdict.doubted[0]);
  const worst = first ? [element("p", { class: "small" }, machineWords(first))] : [];
  const parts = [
    element("div", { class: `verdict verdict--${tone}`, role: "status" }, element("span", { class: "verdict__mark", "aria-hidden": "true" }, sign ?? { good: "✓", stop: "✗" }[tone] ?? "?"),
      element("div", {}, element("p", { class: "verdict__word" }, word), element("p", {}, sentence), ...worst)),
  ];
  if (unconfirmedLogKey) {
    parts.push(element("p", { class: "small" }, `${say("Key of the log:")} `, element("code", {}, unconfirmedLogKey)));
  }
  if (bundle) parts.push(element("h3", {}, say(verdict.failed.length ? "What the file claims" : "What these bytes say")), saidBy(bundle));
  const steps = STEPS.map((step) => stepOf(step, checks)).filter(Boolean);
  const story = element("details", { class: "stack" }, element("summary", {}, sayCount("Step by step: %(count)s check", "Step by step: %(count)s checks", checks.length)), element("ol", { class: "list steps" }, ...steps));
  if (open || verdict.failed.length || verdict.doubted.length) story.open = true;
  parts.push(story);
  const limits = element(
    "details",
    { class: "stack" },
    element("summary", {}, sayCount("What is not proven: %(count)s thing not checked", "What is not proven: %(count)s things not checked", unchecked.length)),
    element(
      "ul",
      {},
      ...unchecked.map((check) => element("li", {}, machineWords(check))),
      element("li", {}, say("No record proves that the medicine in the box is genuine: a copied code looks like the original until both are scanned.")),
    ),
  );
  parts.push(limits);
  place.replaceChildren(...parts);
};

/** Says that there is nothing to check; `fault` is what the checking program says of it. */
export const tellNone = (place, sentence, fault = "") => {
  const words = fault ? [`${sentence} `, element("span", { lang: "en" }, fault)] : [sentence];
  place.replaceChildren(
    element("div", { class: "verdict verdict--stop", role: "status" }, element("span", { class: "verdict__mark", "aria-hidden": "true" }, "✗"),
      element("div", {}, element("p", { class: "verdict__word" }, say("This cannot be checked")), element("p", {}, ...words))),
  );
};
