"""Laws of the tree: whatever is proven checks, and nothing else does."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pharmatrace.kernel.tlog.proofs import (
    ProofError,
    check_consistency,
    check_inclusion,
    check_subtree_consistency,
    check_subtree_inclusion,
    inclusion_path,
    inclusion_paths,
    prove_consistency,
    prove_inclusion,
    prove_subtree_consistency,
    prove_subtree_inclusion,
    range_root,
)
from pharmatrace.kernel.tlog.tree import CompactRange, empty_root, leaf_hash, node_hash, root_of

MOST = 600
LEAVES = [leaf_hash(number.to_bytes(2, "big")) for number in range(MOST)]


def hash_reader(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


def rfc6962_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(rfc6962_root(leaves[:split]), rfc6962_root(leaves[split:]))


sizes = some.integers(1, MOST)


@some.composite
def size_and_index(draw) -> tuple[int, int]:
    size = draw(sizes)
    return size, draw(some.integers(0, size - 1))


@some.composite
def two_sizes(draw) -> tuple[int, int]:
    new = draw(sizes)
    return draw(some.integers(1, new)), new


@some.composite
def subtrees(draw) -> tuple[int, int, int]:
    size = draw(sizes)
    level = draw(some.integers(0, size.bit_length() - 1))
    start = draw(some.integers(0, (size - 1) >> level)) << level
    return start, draw(some.integers(start + 1, min(start + (1 << level), size))), size


@given(some.integers(0, MOST))
def test_every_way_to_a_root_gives_the_rfcs_root(size):
    expected = rfc6962_root(LEAVES[:size])
    assert root_of(LEAVES[:size]) == expected
    assert range_root(hash_reader, 0, size) == expected


@given(some.lists(some.integers(0, 90), max_size=6))
def test_extending_equals_appending_one_by_one(steps):
    extended, appended = CompactRange(), CompactRange()
    for step in steps:
        new = LEAVES[extended.size : extended.size + step]
        extended.extend(new)
        for leaf in new:
            appended.append(leaf)
        assert extended == appended
        assert extended.root() == root_of(LEAVES[: extended.size])
        assert CompactRange.from_bytes(extended.to_bytes()) == extended


@given(size_and_index())
def test_any_leaf_of_any_tree_can_be_proven(case):
    size, index = case
    path = prove_inclusion(hash_reader, size, index)
    assert path == inclusion_path(LEAVES[:size], index)
    check_inclusion(
        root=root_of(LEAVES[:size]), size=size, index=index, leaf=LEAVES[index], path=path
    )


@given(size_and_index(), some.data())
def test_a_changed_inclusion_proof_is_refused(case, data):
    size, index = case
    path = prove_inclusion(hash_reader, size, index)
    good = {"size": size, "index": index, "leaf": LEAVES[index], "path": path}
    bad = data.draw(some.sampled_from(["leaf", "index", "longer", "shorter", "bit"]))
    if bad == "leaf":
        good["leaf"] = leaf_hash(b"another")
    elif bad == "index":
        good["index"] = data.draw(some.integers(-1, size).filter(lambda at: at != index))
    elif bad == "longer":
        good["path"] = [*path, empty_root]
    elif path and bad == "shorter":
        good["path"] = path[:-1]
    elif path:
        at = data.draw(some.integers(0, len(path) - 1))
        good["path"] = [*path[:at], leaf_hash(path[at]), *path[at + 1 :]]
    else:
        good["leaf"] = leaf_hash(b"another")
    with pytest.raises(ProofError):
        check_inclusion(root=root_of(LEAVES[:size]), **good)


@given(two_sizes())
def test_any_two_sizes_of_one_log_are_consistent(case):
    old, new = case
    check_consistency(
        old_root=root_of(LEAVES[:old]),
        old_size=old,
        new_root=root_of(LEAVES[:new]),
        new_size=new,
        path=prove_consistency(hash_reader, old, new),
    )


@given(two_sizes(), some.data())
def test_a_log_that_changed_its_past_is_found_out(case, data):
    old, new = case
    changed = list(LEAVES[:old])
    changed[data.draw(some.integers(0, old - 1))] = leaf_hash(b"another past")
    with pytest.raises(ProofError):
        check_consistency(
            old_root=root_of(changed),
            old_size=old,
            new_root=root_of(LEAVES[:new]),
            new_size=new,
            path=prove_consistency(hash_reader, old, new),
        )


@given(subtrees(), some.data())
def test_subtrees_prove_their_leaves_and_their_place(case, data):
    start, end, size = case
    index = data.draw(some.integers(start, end - 1))
    root = root_of(LEAVES[start:end])
    check_subtree_inclusion(
        root=root,
        start=start,
        end=end,
        index=index,
        leaf=LEAVES[index],
        path=prove_subtree_inclusion(hash_reader, start, end, index),
    )
    check_subtree_consistency(
        subtree_root=root,
        start=start,
        end=end,
        root=root_of(LEAVES[:size]),
        size=size,
        path=prove_subtree_consistency(hash_reader, start, end, size),
    )


def test_shared_paths_equal_single_ones():
    paths = inclusion_paths(LEAVES[:77], range(77))
    assert all(paths[index] == inclusion_path(LEAVES[:77], index) for index in range(77))


@pytest.mark.parametrize(("size", "index"), [(0, 0), (5, 5), (5, -1)])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(size, index):
    with pytest.raises(ValueError):
        prove_inclusion(hash_reader, size, index)
    with pytest.raises(ValueError):
        inclusion_path(LEAVES[:size], index)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_proof_from_nothing_or_backwards(old, new):
    with pytest.raises(ValueError):
        prove_consistency(hash_reader, old, new)


@pytest.mark.parametrize(("size", "hashes"), [(3, [bytes(32)]), (1, [b"short"]), (-1, [])])
def test_a_compact_range_that_cannot_be_is_refused(size, hashes):
    with pytest.raises(ValueError):
        CompactRange(size, hashes)


@pytest.mark.parametrize("data", [b"", bytes(8) + b"x", b"\0" * 7 + b"\x03" + bytes(32)])
def test_bytes_that_are_no_compact_range_are_refused(data):
    with pytest.raises(ValueError):
        CompactRange.from_bytes(data)
