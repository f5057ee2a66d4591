"""COSE receipts (RFC 9942): made here, read here, and those of the RFC's authors read too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pharmatrace.kernel.tlog.proofs import inclusion_path, prove_consistency
from pharmatrace.kernel.tlog.receipt import (
    CONSISTENCY,
    INCLUSION,
    ReceiptError,
    check_consistency_receipt,
    check_inclusion_receipt,
    consistency_receipt,
    inclusion_receipt,
    read_receipt,
    sign_root,
)
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
LEAVES = [leaf_hash(bytes([number])) for number in range(11)]
WHO: Any = {"kid": b"\x01\x02\x03\x04", "issuer": "trace.example.org/log"}


def included(index: int, leaves: list[bytes] = LEAVES) -> bytes:
    signature = sign_root(KEY, root=root_of(leaves), **WHO)
    return inclusion_receipt(
        size=len(leaves),
        index=index,
        path=inclusion_path(leaves, index),
        signature=signature,
        **WHO,
    )


def grown(old: int) -> bytes:
    signature = sign_root(KEY, root=root_of(LEAVES), **WHO)
    path = prove_consistency(
        lambda level, index: root_of(LEAVES[index << level : index + 1 << level]), old, len(LEAVES)
    )
    return consistency_receipt(old=old, new=len(LEAVES), path=path, signature=signature, **WHO)


@pytest.mark.parametrize("index", range(11))
def test_one_signature_serves_the_receipts_of_all_entries(index: int) -> None:
    root = check_inclusion_receipt(included(index), leaf=LEAVES[index], public=PUBLIC)
    assert root == root_of(LEAVES)


def test_a_log_of_one_entry_has_a_receipt_with_an_empty_path() -> None:
    made = included(0, LEAVES[:1])
    assert read_receipt(made).path == ()
    assert check_inclusion_receipt(made, leaf=LEAVES[0], public=PUBLIC) == LEAVES[0]


@pytest.mark.parametrize("old", range(1, 12))
def test_growth(old: int) -> None:
    check_consistency_receipt(
        grown(old), old_root=root_of(LEAVES[:old]), new_root=root_of(LEAVES), public=PUBLIC
    )


def changed(made: bytes, change: Any) -> bytes:
    """The receipt after `change(protected, unprotected, payload, signature)` → the four again."""
    tagged = cbor2.loads(made)
    return cbor2.dumps(cbor2.CBORTag(tagged.tag, list(change(*tagged.value))))


BROKEN = {
    "not CBOR": lambda made: b"\xff" + made,
    "no tag": lambda made: cbor2.dumps(cbor2.loads(made).value),
    "another tag": lambda made: cbor2.dumps(cbor2.CBORTag(17, cbor2.loads(made).value)),
    "another signature": lambda made: changed(made, lambda p, u, c, s: (p, u, c, s[::-1])),
    "another root attached": lambda made: changed(made, lambda p, u, c, s: (p, u, b"\0" * 32, s)),
    "another index": lambda made: changed(made, lambda p, u, c, s: (p, proof(u, 1, 4), c, s)),
    "another size": lambda made: changed(made, lambda p, u, c, s: (p, proof(u, 0, 6), c, s)),
    "an index below 0": lambda made: changed(made, lambda p, u, c, s: (p, proof(u, 1, -1), c, s)),
    "a short hash": lambda made: changed(made, lambda p, u, c, s: (p, proof(u, 2, [b"x"]), c, s)),
    "a shorter path": lambda made: changed(made, lambda p, u, c, s: (p, proof(u, 2, []), c, s)),
    "another algorithm": lambda made: changed(made, lambda p, u, c, s: (header(p, 1, -7), u, c, s)),
    "another tree": lambda made: changed(made, lambda p, u, c, s: (header(p, 395, 2), u, c, s)),
    "another issuer": lambda made: changed(
        made, lambda p, u, c, s: (header(p, 15, {1: "evil.example/log"}), u, c, s)
    ),
    "two proofs": lambda made: changed(
        made, lambda p, u, c, s: (p, {396: {-1: u[396][-1] * 2}}, c, s)
    ),
}  # fmt: skip


def proof(unprotected: Any, place: int, value: Any) -> Any:
    content = cbor2.loads(unprotected[396][-1][0])
    content[place] = value
    return {396: {-1: [cbor2.dumps(content)]}}


def header(protected: bytes, name: int, value: Any) -> bytes:
    return cbor2.dumps({**cbor2.loads(protected), name: value}, canonical=True)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_receipt_is_refused(name: str) -> None:
    made = included(5)
    check_inclusion_receipt(made, leaf=LEAVES[5], public=PUBLIC)
    with pytest.raises(ReceiptError):
        check_inclusion_receipt(BROKEN[name](made), leaf=LEAVES[5], public=PUBLIC)


def test_a_receipt_is_of_its_entry_its_key_and_its_kind() -> None:
    with pytest.raises(ReceiptError):
        check_inclusion_receipt(included(5), leaf=LEAVES[6], public=PUBLIC)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(ReceiptError):
        check_inclusion_receipt(included(5), leaf=LEAVES[5], public=other)
    with pytest.raises(ReceiptError, match="something else"):
        check_inclusion_receipt(grown(3), leaf=LEAVES[5], public=PUBLIC)


@pytest.mark.parametrize(
    ("name", "kind", "first", "second", "hashes"),
    [("inclusion", INCLUSION, 5, 3, 3), ("consistency", CONSISTENCY, 3, 5, 4)],
)
def test_the_receipts_of_the_authors_of_the_rfc_are_read(
    conformance: Path, name: str, kind: int, first: int, second: int, hashes: int
) -> None:
    found = read_receipt((conformance / "cose-receipts" / f"{name}-receipt.cbor").read_bytes())
    assert (found.kind, found.first, found.second, len(found.path)) == (kind, first, second, hashes)
    assert found.issuer == "https://transparency-service.example.com"
    assert found.payload is None and len(found.signature) == 64
