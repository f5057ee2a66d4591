"""An audit of a public log from its files: what is right passes, what is wrong is named to the entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pharmatrace.kernel.tlog.audit import Missing, Walk, walk
from pharmatrace.kernel.tlog.audit_heads import NotThisLog, earlier_heads, newest_head
from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.checkpoint_pages import (
    CheckpointPage,
    PublishedNote,
    page_of,
    page_path,
    write_page,
)
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import Signer, sign_note, signature_line, split_note
from pharmatrace.kernel.tlog.tiles import encode_entries, entries_path, grow, tiles_for
from pharmatrace.kernel.tlog.tree import CompactRange, leaf_hash, root_of

LOG = Signer.from_seed("trace.example.org/log", b"\x05" * 32)
SIZES = (1, 300, 512, 700, 70_000)


def entry(number: int) -> bytes:
    return b"\x01\x01" + number.to_bytes(32, "big")


def note(leaves: list[bytes], size: int) -> str:
    return sign_note(Checkpoint(LOG.name, size, root_of(leaves[:size])).text(), [LOG])


class Files(dict[str, bytes]):
    """The public files of a log of so many entries, as a source."""

    def read(self, path: str) -> bytes:
        if path not in self:
            raise Missing(path)
        return self[path]


def files(size: int, sizes: Iterable[int] = SIZES, make: Callable[[int], bytes] = entry) -> Files:
    entries = [make(number) for number in range(size)]
    leaves = [leaf_hash(one) for one in entries]
    found = Files({tile.path: data for tile, data in grow(size=0, edge={}, leaf_hashes=leaves).items()})  # fmt: skip
    assert set(found) == {tile.path for tile in tiles_for(size)}
    for index in range(-(-size // 256)):
        some = entries[index * 256 : (index + 1) * 256]
        found[entries_path(index, len(some))] = encode_entries(some)
    previous = None
    published = sorted({one for one in sizes if one <= size} | {size})
    for number in sorted({page_of(one) for one in published}):
        told = [
            PublishedNote(one, "2026-11-20T21:00:00Z", note(leaves, one))
            for one in published
            if page_of(one) == number
        ]
        found[page_path(number)] = write_page(CheckpointPage(number, previous, told))
        previous = number
    found["checkpoint"] = note(leaves, size).encode()
    return found


def audit(
    source: Files, at: Walk | None = None, witnesses: Sequence[CosignatureVerifier] = ()
) -> list[str]:
    at = at or Walk()
    keys = LogKeys(LOG.verifier)
    heads = newest_head(source, keys)
    told = list(earlier_heads(source, heads, keys, above=at.tree.size, witnesses=witnesses))
    told += walk(source, until=heads.newest, at=at, heads=heads.roots)
    return [f"{one.place}: {one.sentence}" for one in told]


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600, 65_536, 65_537, 70_000])
def test_a_whole_log_passes(size: int) -> None:
    at = Walk()
    assert audit(files(size), at) == []
    assert at.tree.size == size


@pytest.mark.parametrize(
    ("old", "new"), [(1, 2), (200, 600), (256, 512), (600, 65_600), (66_000, 70_000), (600, 600)]
)
def test_an_audit_goes_on_where_the_last_one_ended(old: int, new: int) -> None:
    at = Walk()
    assert audit(files(old), at) == []
    read: list[str] = []
    later = files(new)
    watched = Files(later)
    watched.read = lambda path: (read.append(path), later.read(path))[1]  # type: ignore[method-assign]
    assert audit(watched, at) == []
    assert at.tree.size == new
    assert not [path for path in read if path in {entries_path(i) for i in range(old // 256)}]


def flip(source: Files, path: str, at: int) -> None:
    data = bytearray(source[path])
    data[at] ^= 1
    source[path] = bytes(data)


def swap_entries(source: Files) -> None:
    data = source["tile/entries/001"]
    source["tile/entries/001"] = data[36:72] + data[:36] + data[72:]


TAMPERED: dict[str, tuple[Callable[[Files], Any], str]] = {
    "an entry changed": (lambda f: flip(f, "tile/entries/001", 36 * 3 + 9), "entry 259: "),
    "two entries swapped": (swap_entries, "entry 256: "),
    "an entry left out": (
        lambda f: f.update({"tile/entries/000": f["tile/entries/000"][36:]}),
        "tile/entries/000 has 255 entries",
    ),
    "a leaf changed": (lambda f: flip(f, "tile/0/001", 32 * 7), "entry 263: "),
    "a hash above changed": (lambda f: flip(f, "tile/1/000", 32 * 2 + 1), "tile/1/000, hash 2: "),
    "the partial tile changed": (lambda f: flip(f, "tile/1/001.p/17", 0), "tile/1/001.p/17, hash 0: "),
    "the top changed": (lambda f: flip(f, "tile/2/000.p/1", 3), "tile/2/000.p/1, hash 0: "),
    "a tile gone": (lambda f: f.pop("tile/0/200"), "tile/0/200: The file is not there."),
    "a bundle gone": (lambda f: f.pop("tile/entries/200"), "tile/entries/200: The file is not"),
    "a bundle cut off": (
        lambda f: f.update({"tile/entries/004": f["tile/entries/004"][:-1]}), "ends inside an entry",
    ),
    "a page of checkpoints gone": (lambda f: f.pop(page_path(2)), "checkpoints/002: The page"),
    "a page that is no page": (lambda f: f.update({page_path(2): b"[]"}), "checkpoints/002: "),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_tampered_with_is_named(name: str) -> None:
    source = files(70_000)
    tamper, told = TAMPERED[name]
    tamper(source)
    found = audit(source)
    assert any(told in one for one in found), found[:5]


def test_a_rewritten_log_under_the_same_key_does_not_pass_who_audited_before() -> None:
    at = Walk()
    assert audit(files(600), at) == []
    assert "changed since" in audit(files(700, make=lambda n: entry(n + (n == 3))), at)[0]


def test_an_entry_audited_before_is_named_where_its_bundle_is_read_again() -> None:
    at = Walk()
    assert audit(files(600), at) == []
    later = files(700)
    flip(later, "tile/entries/002.p/188", 36 * 3 + 9)
    assert any(one.startswith("entry 515: ") for one in audit(later, at))


def test_a_cosignature_is_wrong_wherever_it_is_served() -> None:
    witness = Cosigner("w.example/1", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32), 1_700_000_000)  # fmt: skip
    known = CosignatureVerifier(witness.name, witness.private.public_key().public_bytes_raw())
    source = files(700)
    text, _ = split_note(source["checkpoint"])
    source["checkpoint"] += signature_line(text, witness).encode()
    assert audit(source, witnesses=[known]) == []
    later = signature_line(text, replace(witness, at=witness.at + 1))
    early = signature_line(text, witness)
    moved = later[: len("— w.example/1 ") + 16] + early[len("— w.example/1 ") + 16 :]
    source["checkpoint"] = note([leaf_hash(entry(n)) for n in range(700)], 700).encode() + moved.encode()  # fmt: skip
    assert audit(source) == []  # to who does not know the witness it is a line like others
    (told,) = audit(source, witnesses=[known])
    assert told.startswith("checkpoint: ") and "w.example/1" in told


def test_a_log_that_was_rolled_back_is_named() -> None:
    at = Walk()
    assert audit(files(600), at) == []
    assert "rolled back" in audit(files(500), at)[0]


def test_two_trees_of_one_size_are_a_split_view() -> None:
    source, other = files(700), files(700, make=lambda n: entry(n + 1))
    source["checkpoint"] = other["checkpoint"]
    found = audit(source)
    assert any("split view" in one for one in found)


def test_an_earlier_checkpoint_of_another_tree_is_named() -> None:
    source, other = files(70_000), files(300, make=lambda n: entry(n + 1))
    page = source[page_path(page_of(300))].decode()
    leaves = [leaf_hash(entry(number)) for number in range(300)]
    theirs = note([leaf_hash(entry(number + 1)) for number in range(300)], 300)
    import json

    source[page_path(page_of(300))] = page.replace(
        json.dumps(note(leaves, 300), ensure_ascii=False), json.dumps(theirs, ensure_ascii=False)
    ).encode()
    assert other["checkpoint"].decode() == theirs
    assert audit(source) == [
        "checkpoint 300: Its root is not that of the entries which are served."
    ]


@pytest.mark.parametrize(
    "checkpoint",
    [
        b"",
        b"\xff\xfe",
        sign_note(Checkpoint("other.example/log", 1, bytes(32)).text(), [LOG]).encode(),
        sign_note(
            Checkpoint(LOG.name, 1, bytes(32)).text(), [Signer.from_seed(LOG.name, b"\x06" * 32)]
        ).encode(),
    ],
)
def test_without_a_checkpoint_of_the_log_there_is_nothing_to_audit(checkpoint: bytes) -> None:
    source = files(3)
    source["checkpoint"] = checkpoint
    with pytest.raises(NotThisLog):
        newest_head(source, LogKeys(LOG.verifier))


def test_the_tree_of_the_audit_is_the_tree_of_the_log() -> None:
    at, leaves = Walk(), [leaf_hash(entry(number)) for number in range(900)]
    audit(files(900), at)
    expected = CompactRange()
    expected.extend(leaves)
    assert at.tree == expected
