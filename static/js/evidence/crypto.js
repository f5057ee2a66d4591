// What is asked of the browser's own cryptography (WebCrypto), and what stands in for it where it is missing.

import { plainSha256 } from "./sha256.js";

const subtle = globalThis.crypto?.subtle;

export const sha256 = async (octets) =>
  subtle ? new Uint8Array(await subtle.digest("SHA-256", octets)) : plainSha256(octets);

const keyOf = (publicKey) => subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);

/** Whether Ed25519 signatures can be checked here. Where not, nothing may be said to hold. */
export const knowsEd25519 = async () => {
  try {
    await keyOf(new Uint8Array(32).fill(0x66).fill(0x58, 0, 1)); // the base point of RFC 8032 §5.1
    return true;
  } catch {
    return false;
  }
};

/** True if the 64 bytes are the key's signature of the message. */
export const signedBy = async (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  try {
    return await subtle.verify("Ed25519", await keyOf(publicKey), signature, message);
  } catch {
    return false;
  }
};
