// What the steps of a proof are called and mean, in the order of the stair. Translated where they are shown.

/** Title, the names of the checks that make it up, and what it means. */
export const STEPS = [
  ["The file", ["format"], "Every field is there, once, in its only spelling; nothing else is."],
  ["The key of the log", ["log key"], "The key that everything below rests on is the one you know."],
  ["The signature of the log", ["checkpoint", "policy"], "The log signed its state: how many entries it has, and their common fingerprint."],
  ["Witnesses", ["cosignature"], "Others have seen that state follow from all earlier ones, so nobody is shown another story."],
  ["Anchors", ["anchor"], "The state of the log was also written down elsewhere. What others say of its time is only checked where the reader brings something to hold it against."],
  ["Who may sign", ["genesis", "predecessor", "succession", "key"], "The log's first entry names the registrar; the registrar named the companies' keys before they were used."],
  ["Facts", ["fact"], "Each fact that is shown belongs to what was signed; changing one letter would show."],
  ["Place in the log", ["inclusion"], "What was signed is an entry of the log, at its place."],
  ["Signatures of the companies", ["signature"], "Whoever made a statement signed it, with a key that was theirs at that time."],
  ["Stolen keys", ["stolen"], "Whoever stole a key can sign like its owner: every proof is good, and what is signed may be the thief's. Do not rely on it."],
  ["What was erased", ["erased"], "The registrar says in the log that a record was erased: its place is still there, its words are gone."],
  ["One history", ["chain", "subject", "correction", "meaning", "completeness"], "The statements about this pack follow on one another without a gap."],
  ["What is shown", ["disclosure", "time"], "The file shows what its level allows, and nothing from the future."],
];

/** Which step a check belongs to. */
export const stepTitleOf = (name) => STEPS.find(([, names]) => names.includes(name))?.[0] ?? name;

export const FACT_TITLES = { product: "Product", lot: "Lot", expiry: "Expiry", manufacturer: "Maker" };
