// Whether an event shows enough of itself to say what it means: facts can be left out of a bundle one by one, by anybody
// who passes it on, and what turns the meaning of an event round must not be among them.

const DECLARATION = "ErrorDeclaration";

// Type, action and step → the dispositions that make kinds of custody event of them, in the order of kinds.py; null where
// one is spelled without (tests/kernel/evidence/test_meaning_in_the_browser.py holds the two tables to each other).
export const SPELLED = {
  "ObjectEvent ADD commissioning": { kinds: 1, dispositions: ["active"], plain: true },
  "AggregationEvent ADD packing": { kinds: 1, dispositions: ["in_progress"], plain: true },
  "AggregationEvent DELETE unpacking": { kinds: 1, dispositions: ["in_progress"], plain: true },
  "ObjectEvent OBSERVE shipping": { kinds: 2, dispositions: ["in_transit", "returned"], plain: true },
  "ObjectEvent OBSERVE void_shipping": { kinds: 1, dispositions: ["in_progress"], plain: false },
  "ObjectEvent OBSERVE receiving": { kinds: 2, dispositions: ["in_progress", "non_conformant"], plain: true },
  "ObjectEvent OBSERVE dispensing": { kinds: 2, dispositions: ["dispensed", "active"], plain: true },
  "ObjectEvent DELETE decommissioning": { kinds: 1, dispositions: ["inactive"], plain: false },
  "ObjectEvent OBSERVE commissioning": { kinds: 1, dispositions: ["active"], plain: false },
  "ObjectEvent DELETE destroying": { kinds: 1, dispositions: ["destroyed"], plain: false },
  "ObjectEvent OBSERVE sampling": { kinds: 1, dispositions: ["unavailable"], plain: false },
  "ObjectEvent OBSERVE departing": { kinds: 1, dispositions: ["unavailable"], plain: false },
  "ObjectEvent OBSERVE holding": { kinds: 2, dispositions: ["non_sellable_other", "sellable_accessible"], plain: false },
  "ObjectEvent OBSERVE inspecting": { kinds: 2, dispositions: ["stolen"], plain: true },
  "ObjectEvent OBSERVE cycle_counting": { kinds: 1, dispositions: [], plain: true },
  "ObjectEvent OBSERVE loading": { kinds: 1, dispositions: [], plain: true },
  "ObjectEvent OBSERVE picking": { kinds: 1, dispositions: [], plain: true },
  "ObjectEvent OBSERVE staging_outbound": { kinds: 1, dispositions: [], plain: true },
  "ObjectEvent OBSERVE stock_taking": { kinds: 1, dispositions: [], plain: true },
  "ObjectEvent OBSERVE stocking": { kinds: 1, dispositions: [], plain: true },
  "ObjectEvent OBSERVE storing": { kinds: 1, dispositions: [], plain: true },
  "ObjectEvent OBSERVE unloading": { kinds: 1, dispositions: [], plain: true },
};

/** Every event shows what kind of event it is; a declaration shows what it declares wrong; of an erased one nothing is left. */
export const checkMeaning = (bundle, findings) => {
  bundle.events.forEach((event, at) => {
    if (event.erased) return;
    const place = `/events/${at}`;
    const needed = neededOf(event, bundle);
    const hidden = needed.filter((name) => shown(event, name) === null);
    if (hidden.length) {
      findings.fails("meaning", place, `what happened is not shown: ${hidden.join(", ")} is missing`);
    } else if (needed.length > 1 && shown(event, "disposition") === null) {
      withoutDisposition(event, place, findings);
    }
  });
};

const shown = (event, name) => event.fact(name) ?? null;

const neededOf = (event, bundle) => {
  if (shown(event, "type") === DECLARATION) return ["declares"];
  return bundle.ofEvent ? ["type"] : ["type", "action", "step"];
};

const withoutDisposition = (event, place, findings) => {
  const told = ["type", "action", "step"].map((name) => shown(event, name));
  const spelled = told.every((one) => typeof one === "string") && Object.hasOwn(SPELLED, told.join(" ")) ? SPELLED[told.join(" ")] : null;
  if (!spelled?.plain) {
    findings.fails("meaning", place, "what happened is not shown: disposition is missing");
  } else if (spelled.kinds > 1) {
    findings.notChecked("meaning", place, `that it does not say one of: ${spelled.dispositions.join(", ")}`);
  }
};
