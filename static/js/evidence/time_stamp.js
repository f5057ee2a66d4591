// Reading time-stamp responses (RFC 3161 §2.4.2): whether one was granted, over what, and for when. What leads
// to these must be in DER (X.690). Its signature and certificates are not looked at: what is told here is its own word.

import { OctetReader } from "./octet_reader.js";
import { Fault, same, toHex } from "./octets.js";

const LARGEST_TOKEN = 100_000;
const [INTEGER, OCTETS, OBJECT, TIME, SEQUENCE, CONTEXT_0] = [0x02, 0x04, 0x06, 0x18, 0x30, 0xa0];
const SIGNED_DATA = "2a864886f70d010702";
const TST_INFO = "2a864886f70d0109100104";
const SHA256_OBJECT = "608648016503040201";

/** The elements of which these octets are made, one level deep: { tag, inside }. */
const elementsOf = (octets) => {
  const reader = new OctetReader(octets);
  const found = [];
  while (!reader.isAtEnd()) {
    const [tag] = reader.take(1);
    if ((tag & 0x1f) === 0x1f) throw new Fault("a tag in it is none of ours");
    found.push({ tag, inside: reader.take(lengthOf(reader)) });
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

/** What stands at a place among the elements in these octets, which must have this tag. */
const member = (octets, number, tag) => {
  const element = elementsOf(octets)[number];
  if (element?.tag !== tag) throw new Fault("a field is missing or of another kind");
  return element.inside;
};

/** The same, where it is alone. */
const single = (octets, tag) => {
  if (elementsOf(octets).length !== 1) throw new Fault("one element is expected");
  return member(octets, 0, tag);
};

const expectObject = (octets, wanted) => {
  if (toHex(member(octets, 0, OBJECT)) !== wanted) throw new Fault("it is of another type");
};

/** TimeStampResp → ContentInfo → SignedData → TSTInfo (RFC 3161 §2.4.2). */
const infoOf = (response) => {
  const whole = single(response, SEQUENCE);
  const status = member(member(whole, 0, SEQUENCE), 0, INTEGER);
  if (!same(status, Uint8Array.of(0))) throw new Fault(`the authority granted no time stamp (status ${toHex(status)})`);
  const content = member(whole, 1, SEQUENCE);
  expectObject(content, SIGNED_DATA);
  const inner = member(single(member(content, 1, CONTEXT_0), SEQUENCE), 2, SEQUENCE);
  expectObject(inner, TST_INFO);
  return single(single(member(inner, 1, CONTEXT_0), OCTETS), SEQUENCE);
};

/** The hash that the time stamp is over, and its time as it says it. Throws Fault. */
export const readTimeStamp = (response) => {
  if (response.length > LARGEST_TOKEN) throw new Fault("the time stamp is too large");
  try {
    const info = infoOf(response);
    const over = member(info, 2, SEQUENCE);
    const algorithm = toHex(member(member(over, 0, SEQUENCE), 0, OBJECT)) === SHA256_OBJECT ? "sha256" : "another";
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z$/.exec(String.fromCharCode(...member(info, 4, TIME).slice(0, 64))) ?? [];
    if (!year) throw new Fault("its time is none");
    return { algorithm, imprint: member(over, 1, OCTETS), time: `${year}-${month}-${day} ${hour}:${minute}:${second} UTC` };
  } catch (fault) {
    throw fault instanceof Fault ? new Fault(`the time stamp cannot be read: ${fault.message}`) : fault;
  }
};
