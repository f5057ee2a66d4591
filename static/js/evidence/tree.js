// Merkle trees of RFC 6962 §2.1, and the two proofs of RFC 9162 §2.1.3 and §2.1.4. A check throws Fault.

import { sha256 } from "./crypto.js";
import { Fault, join, same } from "./octets.js";

export const leafHash = (octets) => sha256(join(Uint8Array.of(0), octets));

export const nodeHash = (left, right) => sha256(join(Uint8Array.of(1), left, right));

/** The root over leaf hashes, of which there is at least one. */
export const rootOf = async (leaves) => {
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let at = 0; at + 1 < level.length; at += 2) above.push(nodeHash(level[at], level[at + 1]));
    level = [...(await Promise.all(above)), ...(level.length % 2 ? [level.at(-1)] : [])];
  }
  return level[0];
};

/** The root that a fact's leaf hash and its steps lead to. */
export const rootFromSteps = async (leaf, steps) => {
  let digest = leaf;
  for (const step of steps) {
    digest = step.side === "left" ? await nodeHash(step.digest, digest) : await nodeHash(digest, step.digest);
  }
  return digest;
};

/** Leaf `index` is in the tree of `size` leaves with this root. RFC 9162 §2.1.3.2. */
export const checkInclusion = async ({ root, size, index, leaf, path }) => {
  if (!(index >= 0n && index < size)) throw new Fault(`leaf ${index} cannot be in a tree of ${size} leaves`);
  let position = index;
  let last = size - 1n;
  let digest = leaf;
  for (const sibling of path) {
    if (last === 0n) throw new Fault("the path is longer than the tree is deep");
    if (position & 1n || position === last) {
      digest = await nodeHash(sibling, digest);
      while (!(position & 1n)) {
        position >>= 1n;
        last >>= 1n;
      }
    } else {
      digest = await nodeHash(digest, sibling);
    }
    position >>= 1n;
    last >>= 1n;
  }
  if (last) throw new Fault("the path is shorter than the tree is deep");
  if (!same(digest, root)) throw new Fault(`the path from leaf ${index} does not lead to the root of ${size} leaves`);
};

/** The old tree is a prefix of the new one. RFC 9162 §2.1.4.2. */
export const checkConsistency = async ({ oldRoot, oldSize, newRoot, newSize, path }) => {
  if (oldSize > newSize) throw new Fault(`a tree of ${oldSize} leaves is no prefix of one of ${newSize}`);
  if (oldSize === 0n) {
    if (newSize) throw new Fault("every tree starts from the empty one: that proves nothing");
    const empty = await sha256(new Uint8Array(0));
    if (!same(oldRoot, empty) || !same(newRoot, empty)) throw new Fault("the root of an empty tree is wrong");
    if (path.length) throw new Fault("the proof is longer than needed");
    return;
  }
  const rest = [...path];
  let last = oldSize - 1n;
  let treeLast = newSize - 1n;
  while (last && (last & 1n || last === treeLast)) {
    last >>= 1n;
    treeLast >>= 1n;
  }
  let below = oldRoot;
  if (last) {
    if (!rest.length) throw new Fault("the proof is empty");
    below = rest.shift();
  }
  let older = below;
  let newer = below;
  for (const sibling of rest) {
    if (treeLast === 0n) throw new Fault("the proof is longer than the tree is deep");
    if (last & 1n || last === treeLast) {
      if (last > 0n) older = await nodeHash(sibling, older);
      newer = await nodeHash(sibling, newer);
      while (!(last & 1n)) {
        last >>= 1n;
        treeLast >>= 1n;
      }
    } else {
      newer = await nodeHash(newer, sibling);
    }
    last >>= 1n;
    treeLast >>= 1n;
  }
  if (treeLast) throw new Fault("the proof is shorter than the tree is deep");
  if (!same(older, oldRoot)) throw new Fault("the proof does not lead to the old root");
  if (!same(newer, newRoot)) throw new Fault("the proof does not lead to the new root");
};

/** One of the two trees (of checkpoints) is a prefix of the other. Throws Fault. */
export const checkGrowth = async (one, other, path) => {
  const [old, grown] = one.size <= other.size ? [one, other] : [other, one];
  await checkConsistency({ oldRoot: old.root, oldSize: old.size, newRoot: grown.root, newSize: grown.size, path });
};
