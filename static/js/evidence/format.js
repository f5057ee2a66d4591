// The file, field by field (docs/formats.md). A field of the format is one line here; what is missing, unknown or
// of another shape is a WrongField with its place, a JSON pointer (RFC 6901).

import { fromBase64, isUnicode } from "./octets.js";
import { parseStrictly } from "./strict_json.js";

export const FORMAT = "pharmatrace-evidence/1";
const LARGEST_FILE = 64_000_000;
const DEEPEST_VALUE = 8;
const EVENT_ID = /^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/;

/** This is no evidence of this format at all. */
export class NotABundle extends Error {}

export class WrongField extends Error {
  constructor(place, sentence) {
    super(sentence);
    this.place = place;
  }
}

// What a field may hold: functions of the value and its place.

/** An object with exactly the fields of the table, and of `mayHave` any. */
const record = (table, mayHave = {}) => (value, place) => {
  if (!(value instanceof Map)) throw new WrongField(place, "an object is expected here");
  for (const name of Object.keys(table)) {
    if (!value.has(name)) throw new WrongField(place, `the field '${name}' is missing`);
  }
  for (const name of value.keys()) {
    if (!Object.hasOwn(table, name) && !Object.hasOwn(mayHave, name)) {
      throw new WrongField(`${place}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, "this field is not part of the format");
    }
  }
  const there = [...Object.entries(table), ...Object.entries(mayHave).filter(([name]) => value.has(name))];
  return Object.fromEntries(there.map(([name, read]) => [name, read(value.get(name), `${place}/${name}`)]));
};

const list = (read) => (value, place) => {
  if (!Array.isArray(value)) throw new WrongField(place, "a list is expected here");
  return value.map((item, at) => read(item, `${place}/${at}`));
};

const text = (value, place) => {
  if (typeof value !== "string" || !value) throw new WrongField(place, "a text is expected here");
  if (!isUnicode(value)) throw new WrongField(place, "the text is not valid Unicode");
  return value;
};

const number = (value, place) => {
  if (typeof value !== "bigint" || value < 0n || value >= 1n << 63n) throw new WrongField(place, "a whole number from 0 is expected here");
  return value;
};

const octets = (size) => (value, place) => {
  let found;
  try {
    found = fromBase64(value === "" ? "" : text(value, place));
  } catch (fault) {
    throw fault instanceof WrongField ? fault : new WrongField(place, fault.message);
  }
  if (size !== undefined && found.length !== size) throw new WrongField(place, `${size} bytes are expected here, not ${found.length}`);
  return found;
};

const hexadecimal = (size) => (value, place) => {
  if (!new RegExp(`^0x[0-9a-f]{${2 * size}}$`).test(text(value, place))) {
    throw new WrongField(place, `${size} bytes are expected here, as 0x and lower-case digits`);
  }
  return value;
};

const oneOf = (...words) => (value, place) => {
  if (!words.includes(text(value, place))) throw new WrongField(place, `${words.join(", ")} is expected here`);
  return value;
};

const orNull = (read) => (value, place) => (value === null ? null : read(value, place));

const factValue = (value, place, depth = 0) => {
  if (depth > DEEPEST_VALUE) throw new WrongField(place, "the value is nested too deep");
  if (value instanceof Map) return record({ bytes: octets() })(value, place).bytes;
  if (Array.isArray(value)) return value.map((item, at) => factValue(item, `${place}/${at}`, depth + 1));
  if (typeof value === "string") return value && text(value, place);
  if (typeof value === "bigint" && (value < -(1n << 64n) || value >= 1n << 64n)) {
    throw new WrongField(place, "the number is of more than 64 bits");
  }
  return value;
};

const step = (value, place) => {
  const [, side, digest] = /^(left|right):(.*)$/su.exec(text(value, place)) ?? [];
  if (!side) throw new WrongField(place, "a step is left: or right: and a hash");
  return { side, digest: hash(digest, place) };
};

const hash = octets(32);

const packageName = (value, place) => {
  if (EVENT_ID.test(text(value, place))) throw new WrongField(place, "an event is named in the field 'event'");
  return value;
};

const eventName = (value, place) => {
  if (!EVENT_ID.test(text(value, place))) throw new WrongField(place, "an event hash ID is expected here");
  return value;
};

// The format.

const FACT = record({
  salt: octets(16),
  name: text,
  value: factValue,
  path: list(step),
});

const SHOWN_STATEMENT = record({ salt: octets(16), cose: octets() });
const HIDDEN_STATEMENT = record({ digest: hash });

const signature = (value, place) =>
  (value instanceof Map && value.has("digest") ? HIDDEN_STATEMENT : SHOWN_STATEMENT)(value, place);

/** An entry of the log, but for its marks. With `gone` it shows no facts, because there are none any more. */
const entryFields = (type, gone = false) => ({
  type: (value, place) => {
    if (number(value, place) !== BigInt(type)) throw new WrongField(place, `a log entry of type ${type} is expected here`);
    return type;
  },
  facts: (value, place) => {
    const facts = list(FACT)(value, place);
    if (Boolean(facts.length) === gone) throw new WrongField(place, gone ? "what was erased is not shown" : "an event shows at least one fact");
    return facts;
  },
  index: number,
  facts_root: hash,
  signature,
  path: list(hash),
});

const withFacts = (read) => ({ ...read, fact: (name) => read.facts.find((fact) => fact.name === name)?.value ?? null });

const entry = (type) => (value, place) => withFacts(record(entryFields(type))(value, place));

const ERASURE = record({
  event: entry(2),
  facts: list(record({ leaf: hash, path: list(step) })),
});

/** What is said later about an event: its key was reported stolen, or it was erased. */
const MARKS = { stolen: entry(2), erased: ERASURE };

const custody = (value, place) => {
  const gone = value instanceof Map && value.has("erased");
  const unread = (mark) => ({ mark });
  const read = record(entryFields(1, gone), { stolen: unread, erased: unread })(value, place);
  const marks = Object.keys(MARKS).filter((name) => read[name]);
  if (marks.length && read.signature.cose) throw new WrongField(`${place}/signature`, "what is reported or erased here is not shown");
  for (const name of marks) read[name] = MARKS[name](read[name].mark, `${place}/${name}`);
  return withFacts(read);
};

const KEY = record(
  {
    iss: text,
    kid: octets(16),
    public_key: octets(32),
    event: entry(2),
    revoked: orNull(entry(2)),
  },
  { stolen: entry(2) },
);

const EVM_RECORD = record({
  chain_id: number,
  contract: hexadecimal(20),
  sender: hexadecimal(20),
  transaction: hexadecimal(32),
  block: number,
  block_hash: hexadecimal(32),
  log_index: number,
});

/** Anchors by their `kind`. */
const ANCHORED = { kind: text, checkpoint: text, path: list(hash) };
const ANCHORS = {
  journal: record(ANCHORED),
  rfc3161: record({ ...ANCHORED, token: octets() }),
  opentimestamps: record({ ...ANCHORED, proof: octets() }),
  evm: record({ ...ANCHORED, record: EVM_RECORD }),
};

const anchor = (value, place) => {
  const kind = value instanceof Map && value.has("kind") ? value.get("kind") : "journal";
  if (typeof kind === "string" && Object.hasOwn(ANCHORS, kind)) return ANCHORS[kind](value, place);
  throw new WrongField(`${place}/kind`, "anchors of this kind are not known to this verifier");
};

const LOG = record({ origin: text, vkey: text, witnesses: list(text) });

const logKeys = (value, place) => {
  const found = list(entry(2))(value, place);
  if (!found.length) throw new WrongField(place, "where the log has one key, this field is absent");
  return found;
};

const SHARD = record({ log: LOG, checkpoint: text, genesis: entry(0), anchors: list(anchor) }, { log_keys: logKeys });

const shards = (value, place) => {
  const found = list(SHARD)(value, place);
  if (!found.length) throw new WrongField(place, "where all lies in one shard, this field is absent");
  return found;
};

const bundle = (subject) =>
  record(
    {
      format: oneOf(FORMAT),
      disclosure: oneOf("public", "party", "regulator"),
      ...subject,
      log: LOG,
      checkpoint: text,
      genesis: entry(0),
      keys: list(KEY),
      events: list(custody),
      anchors: list(anchor),
    },
    { log_keys: logKeys, shards },
  );
const ABOUT_PACKAGE = bundle({ package: packageName });
const ABOUT_EVENT = bundle({ event: eventName });

/** The evidence in a file's text. Throws NotABundle or WrongField. */
export const readBundle = (file) => {
  let document;
  try {
    if (file.length > LARGEST_FILE) throw new SyntaxError("the file is too large");
    document = parseStrictly(file);
  } catch (fault) {
    throw new NotABundle(`the file is not JSON as it should be: ${fault.message}`);
  }
  if (!(document instanceof Map) || document.get("format") !== FORMAT) {
    throw new NotABundle(`this is not evidence in the format ${FORMAT}`);
  }
  const ofEvent = document.has("event") && !document.has("package");
  const read = (ofEvent ? ABOUT_EVENT : ABOUT_PACKAGE)(document, "");
  read.events.forEach((event, at) => {
    if (at && event.index <= read.events[at - 1].index) {
      throw new WrongField(`/events/${at}/index`, "events stand in log order, each once");
    }
  });
  return { ...read, ofEvent, subject: ofEvent ? read.event : read.package };
};
