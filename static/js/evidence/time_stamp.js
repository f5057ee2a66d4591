// Reading time-stamp responses (RFC 3161 §2.4.2): whether one was granted, over what, and for when. Its signature and
// certificates are not looked at, only that all of it is in DER (X.690): what is told here is the response's own word.

import { OctetReader } from "./octet_reader.js";
import { Fault, same, toHex } from "./octets.js";

const LARGEST_TOKEN = 100_000;
const DEEPEST_TOKEN = 32;
const [INTEGER, OCTETS, OBJECT, TIME, SEQUENCE, SET, CONTEXT_0] = [0x02, 0x04, 0x06, 0x18, 0x30, 0x31, 0xa0];
const SIGNED_DATA = "2a864886f70d010702";
const TST_INFO = "2a864886f70d0109100104";
const SHA256_OBJECT = "608648016503040201";

/** The elements of which these octets are made: { tag, inside }, `inside` octets, or elements. */
const elementsOf = (octets, depth = 0) => {
  if (depth > DEEPEST_TOKEN) throw new Fault("it is nested too deep");
  const reader = new OctetReader(octets);
  const found = [];
  while (!reader.isAtEnd()) {
    const [tag] = reader.take(1);
    if ((tag & 0x1f) === 0x1f) throw new Fault("a tag in it is none of ours");
    const inside = reader.take(lengthOf(reader));
    if (tag === INTEGER) checkInteger(inside);
    found.push({ tag, inside: tag & 0x20 ? elementsOf(inside, depth + 1) : inside });
  }
  return found;
};

/** In its one form: the short one below 128, else the fewest octets. */
const lengthOf = (reader) => {
  const [first] = reader.take(1);
  if (first < 0x80) return first;
  const count = first & 0x7f;
  if (count < 1 || count > 4) throw new Fault("a length in it is none");
  const octets = reader.take(count);
  const length = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  if (length < 0x80 || octets[0] === 0) throw new Fault("a length in it is not in its one form");
  return length;
};

const checkInteger = (octets) => {
  const padded = octets.length > 1 && ((octets[0] === 0 && octets[1] < 0x80) || (octets[0] === 0xff && octets[1] >= 0x80));
  if (!octets.length || padded) throw new Fault("a number in it is not in its one form");
};

/** What stands at a place among elements, which must have this tag. */
const member = (elements, number, tag) => {
  if (elements[number]?.tag !== tag) throw new Fault("a field is missing or of another kind");
  return elements[number].inside;
};

const single = (elements) => {
  if (elements.length !== 1) throw new Fault("one element is expected");
  return elements;
};

const expectObject = (elements, wanted) => {
  if (toHex(member(elements, 0, OBJECT)) !== wanted) throw new Fault("it is of another type");
};

const infoOf = (response) => {
  const whole = member(single(elementsOf(response)), 0, SEQUENCE);
  const status = member(member(whole, 0, SEQUENCE), 0, INTEGER);
  if (!same(status, Uint8Array.of(0))) throw new Fault(`the authority granted no time stamp (status ${toHex(status)})`);
  const content = member(whole, 1, SEQUENCE);
  expectObject(content, SIGNED_DATA);
  const signed = member(single(member(content, 1, CONTEXT_0)), 0, SEQUENCE);
  member(signed, 0, INTEGER);
  member(signed, 1, SET);
  const inner = member(signed, 2, SEQUENCE);
  expectObject(inner, TST_INFO);
  return member(single(elementsOf(member(single(member(inner, 1, CONTEXT_0)), 0, OCTETS))), 0, SEQUENCE);
};

/** The hash that the time stamp is over, and its time as it says it. Throws Fault. */
export const readTimeStamp = (response) => {
  if (response.length > LARGEST_TOKEN) throw new Fault("the time stamp is too large");
  try {
    const info = infoOf(response);
    const over = member(info, 2, SEQUENCE);
    const algorithm = toHex(member(member(over, 0, SEQUENCE), 0, OBJECT)) === SHA256_OBJECT ? "sha256" : "another";
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z$/.exec(String.fromCharCode(...member(info, 4, TIME))) ?? [];
    if (!year) throw new Fault("its time is none");
    return { algorithm, imprint: member(over, 1, OCTETS), time: `${year}-${month}-${day} ${hour}:${minute}:${second} UTC` };
  } catch (fault) {
    throw fault instanceof Fault ? new Fault(`the time stamp cannot be read: ${fault.message}`) : fault;
  }
};
