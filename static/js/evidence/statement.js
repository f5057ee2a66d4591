// Statements: a facts root signed by an organisation (COSE_Sign1, RFC 9052), and the log entry that commits to it.

import { CborReader, cborOctets, cborText } from "./cbor.js";
import { sha256, signedBy } from "./crypto.js";
import { Fault, join, same, toUtf8 } from "./octets.js";
import { leafHash } from "./tree.js";

const COMMIT = toUtf8("pharmatrace/commit/v1");
const ALGORITHM_AND_TYPE = join(Uint8Array.of(0xa4, 1, 0x27, 3), cborText("application/vnd.pharmatrace.facts"), Uint8Array.of(4));
const SIGNATURE1 = join(Uint8Array.of(0x84), cborText("Signature1"));

/** What a statement says, and what was signed; nothing verified. There is one encoding. Throws Fault. */
export const readStatement = (cose) => {
  try {
    const outer = new CborReader(cose);
    outer.expect(0xd2, 0x84);
    const signedHeader = outer.bytes();
    outer.expect(0xa0);
    const factsRoot = outer.bytes(32);
    const signature = outer.bytes(64);
    outer.end();
    const header = new CborReader(signedHeader);
    header.expect(...ALGORITHM_AND_TYPE);
    const kid = header.bytes(16);
    header.expect(0x0f, 0xa3, 1);
    const iss = header.text();
    header.expect(2);
    const sub = header.text();
    header.expect(6);
    const iat = header.number();
    header.end();
    if (!iss || !sub || iat >= 1n << 63n) throw new Fault("a claim is out of range");
    const signed = join(SIGNATURE1, cborOctets(signedHeader), Uint8Array.of(0x40), cborOctets(factsRoot));
    return { kid, iss, sub, iat, factsRoot, signature, signed };
  } catch (fault) {
    throw new Fault(`the statement is not a COSE_Sign1 of facts in its one encoding: ${fault.message}`);
  }
};

export const kidOf = async (publicKey) => (await sha256(publicKey)).slice(0, 16);

/** The claims of the shown statement over just these facts, signed by this key. Throws Fault. */
export const claimsOf = async (event, publicKey) => {
  if (!event.signature.cose) throw new Fault("the signed statement is not shown");
  const claims = readStatement(event.signature.cose);
  if (!same(claims.kid, await kidOf(publicKey))) throw new Fault("the statement names another key than the one it is checked with");
  if (!(await signedBy(publicKey, claims.signed, claims.signature))) throw new Fault("the signature of the statement is not that of the key");
  if (!same(claims.factsRoot, event.facts_root)) throw new Fault("the statement is signed over other facts");
  return claims;
};

/** Leaf hash of the log entry: 0x01 || type || SHA-256(domain || facts root || signature digest). */
export const entryLeaf = async (event) => {
  const { salt, cose, digest } = event.signature;
  const signatureDigest = cose ? await sha256(join(salt, cose)) : digest;
  const commitment = await sha256(join(COMMIT, event.facts_root, signatureDigest));
  return leafHash(join(Uint8Array.of(1, event.type), commitment));
};
