"""Inclusion and consistency proofs, prove beside check (RFC 9162 §2.1.3 and §2.1.4).

Proving reads the tree through a `HashReader`; checking needs nothing but the proof. A check
raises `ProofError` and returns nothing, so that a result cannot be forgotten.
Subtrees are those of draft-ietf-plants-merkle-tree-certs §4, used by C2SP tlog-cosignature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from pharmatrace.kernel.tlog.tree import HASH_SIZE, empty_root, node_hash, pair_up

HashReader = Callable[[int, int], bytes]
"""(level, index) → hash of the perfect subtree over leaves [index << level, index + 1 << level)."""


class ProofError(Exception):
    """A proof does not show what it claims to show."""


# Prove


def range_root(hash_reader: HashReader, start: int, end: int) -> bytes:
    """Root over the leaves [start, end), where `start` is a multiple of the range's subtree size."""
    if start == end:
        return empty_root
    peaks = [hash_reader(level, index) for level, index in perfect_subtrees(start, end)]
    digest = peaks.pop()
    while peaks:
        digest = node_hash(peaks.pop(), digest)
    return digest


def perfect_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """(level, index) of the perfect subtrees over [start, end), left to right."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def prove_inclusion(hash_reader: HashReader, size: int, index: int) -> list[bytes]:
    """Audit path of leaf `index` in the tree of `size` leaves, from the leaf's sibling upwards.

    Raises ValueError when there is no such leaf. RFC 9162 §2.1.3.1.
    """
    return prove_subtree_inclusion(hash_reader, 0, size, index)


def prove_subtree_inclusion(
    hash_reader: HashReader, start: int, end: int, index: int
) -> list[bytes]:
    """Audit path of leaf `index` in the subtree [start, end). Raises ValueError if not in it."""
    if not (_is_subtree(start, end) and start <= index < end):
        raise ValueError(f"leaf {index} is not in the subtree [{start}, {end})")
    path = []
    low, high = start, end
    while high - low > 1:
        split = low + _split(high - low)
        if index < split:
            path.append((split, high))
            high = split
        else:
            path.append((low, split))
            low = split
    return [range_root(hash_reader, *sibling) for sibling in reversed(path)]


def prove_consistency(hash_reader: HashReader, old: int, new: int) -> list[bytes]:
    """Proof that the tree of `old` leaves is a prefix of the tree of `new`. RFC 9162 §2.1.4.1.

    Raises ValueError unless 0 < old <= new: from an empty tree there is nothing to prove.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof leads from {old} to {new} leaves")
    return prove_subtree_consistency(hash_reader, 0, old, new)


def prove_subtree_consistency(
    hash_reader: HashReader, start: int, end: int, size: int
) -> list[bytes]:
    """Proof that the subtree [start, end) is part of the tree of `size` leaves (§4.4 of the draft).

    Raises ValueError when [start, end) is no subtree of it.
    """
    if not (_is_subtree(start, end) and end <= size):
        raise ValueError(f"[{start}, {end}) is no subtree of a tree of {size} leaves")
    path = []
    low, high, known = 0, size, True
    while (low, high) != (start, end):
        split = low + _split(high - low)
        if end <= split:
            path.append((split, high))
            high = split
        elif start >= split:
            path.append((low, split))
            low = split
        else:
            # The subtree straddles: its left part is whole, go on with its right edge.
            path.append((low, split))
            low = start = split
            known = False
    if not known:
        path.append((low, high))
    return [range_root(hash_reader, *sibling) for sibling in reversed(path)]


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of one leaf of a small tree held in memory. Raises ValueError if not in it."""
    return inclusion_paths(leaf_hashes, (index,))[index]


def inclusion_paths(
    leaf_hashes: Sequence[bytes], indexes: Iterable[int]
) -> Mapping[int, list[bytes]]:
    """Audit paths of several leaves by index, hashing the tree once. Raises ValueError."""
    paths: dict[int, list[bytes]] = {index: [] for index in indexes}
    for index in paths:
        if not 0 <= index < len(leaf_hashes):
            raise ValueError(f"leaf {index} is not in a tree of {len(leaf_hashes)} leaves")
    level, depth = list(leaf_hashes), 0
    while len(level) > 1:
        for index, path in paths.items():
            sibling = (index >> depth) ^ 1
            if sibling < len(level):
                path.append(level[sibling])
        above = pair_up(level)
        if len(level) & 1:
            above.append(level[-1])
        level, depth = above, depth + 1
    return paths


# Check


def check_inclusion(
    *, root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]
) -> None:
    """`leaf` (a leaf hash) is number `index` in the tree of `size` leaves with this root.

    Raises ProofError. RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} cannot be in a tree of {size} leaves")
    if root_from_path(size=size, index=index, leaf=leaf, path=path) != root:
        raise ProofError(f"the path from leaf {index} does not lead to the root of {size} leaves")


def root_from_path(*, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that a path of the right length leads to. Raises ProofError for any other path."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} cannot be in a tree of {size} leaves")
    _check_hashes(leaf, *path)
    position, last, digest = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise ProofError("the path is longer than the tree is deep")
        if position & 1 or position == last:
            digest = node_hash(sibling, digest)
            while not position & 1:
                position >>= 1
                last >>= 1
        else:
            digest = node_hash(digest, sibling)
        position >>= 1
        last >>= 1
    if last:
        raise ProofError("the path is shorter than the tree is deep")
    return digest


def check_subtree_inclusion(
    *, root: bytes, start: int, end: int, index: int, leaf: bytes, path: Sequence[bytes]
) -> None:
    """`leaf` is number `index` in the subtree [start, end) with this root. Raises ProofError."""
    if not _is_subtree(start, end):
        raise ProofError(f"[{start}, {end}) is no subtree")
    check_inclusion(root=root, size=end - start, index=index - start, leaf=leaf, path=path)


def check_consistency(
    *, old_root: bytes, old_size: int, new_root: bytes, new_size: int, path: Sequence[bytes]
) -> None:
    """The old tree is a prefix of the new one. Raises ProofError. RFC 9162 §2.1.4.2."""
    if not 0 <= old_size <= new_size:
        raise ProofError(f"a tree of {old_size} leaves is no prefix of one of {new_size}")
    if old_size == 0:
        if new_size:
            raise ProofError("every tree starts from the empty one: that proves nothing")
        if old_root != empty_root or new_root != empty_root:
            raise ProofError("the root of an empty tree is wrong")
        if path:
            raise ProofError("the proof is longer than needed")
        return
    check_subtree_consistency(
        subtree_root=old_root, start=0, end=old_size, root=new_root, size=new_size, path=path
    )


def check_subtree_consistency(
    *,
    subtree_root: bytes,
    start: int,
    end: int,
    root: bytes,
    size: int,
    path: Sequence[bytes],
) -> None:
    """The subtree [start, end) is part of the tree of `size` leaves. Raises ProofError.

    draft-ietf-plants-merkle-tree-certs §4.4.3; an empty subtree is part of every tree.
    """
    if start == end and 0 <= end <= size:
        if path or subtree_root != empty_root:
            raise ProofError("an empty subtree has the empty root and an empty proof")
        return
    if not (_is_subtree(start, end) and end <= size):
        raise ProofError(f"[{start}, {end}) is no subtree of a tree of {size} leaves")
    _check_hashes(*path)
    first, last, tree_last = start, end - 1, size - 1
    while first != last and (last & 1 or last == tree_last):
        first, last, tree_last = first >> 1, last >> 1, tree_last >> 1
    rest = iter(path)
    below = subtree_root
    if first != last:
        below = next(rest, b"")
        if not below:
            raise ProofError("the proof is empty")
    subtree, whole = below, below
    for sibling in rest:
        if tree_last == 0:
            raise ProofError("the proof is longer than the tree is deep")
        if last & 1 or last == tree_last:
            if first < last:
                subtree = node_hash(sibling, subtree)
            whole = node_hash(sibling, whole)
            while not last & 1:
                first, last, tree_last = first >> 1, last >> 1, tree_last >> 1
        else:
            whole = node_hash(whole, sibling)
        first, last, tree_last = first >> 1, last >> 1, tree_last >> 1
    if tree_last:
        raise ProofError("the proof is shorter than the tree is deep")
    if subtree != subtree_root:
        raise ProofError("the proof does not lead to the old root")
    if whole != root:
        raise ProofError("the proof does not lead to the new root")


def _check_hashes(*digests: bytes) -> None:
    if any(len(digest) != HASH_SIZE for digest in digests):
        raise ProofError("a hash in the proof is not 32 bytes long")


def _is_subtree(start: int, end: int) -> bool:
    if not 0 <= start < end:
        return False
    return start % (1 << (end - start - 1).bit_length()) == 0


def _split(size: int) -> int:
    """The largest power of two smaller than `size`, RFC 6962 §2.1."""
    return 1 << ((size - 1).bit_length() - 1)
