"""Facts: `[salt, name, value]` in deterministic CBOR, hashed into a tree (DESIGN §4).

Any subset of an event's facts can be shown with proof while the rest stays secret. Erasing the
secret of a statement erases what its facts meant and leaves every other proof standing.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pharmatrace.kernel.evidence import cbor
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of

SALT_SIZE = 16
SECRET_SIZE = 32
MAX_PACKAGES = 2000
"""The most packages one event may carry; bulk work splits."""

PACKAGE = "package"
_HMAC_BLOCK = 64
_INNER_PAD = bytes(byte ^ 0x36 for byte in range(256))
_OUTER_PAD = bytes(byte ^ 0x5C for byte in range(256))
_LEAF_BEFORE_SALT = b"\x00\x83\x50"  # 0x00 leaf prefix, array of 3, byte string of 16


@dataclass(frozen=True, slots=True)
class PackageFact:
    """What an event says of one package: its `seq`-th fact, chained to the one before by hash.

    `previous` is the leaf hash of the same package's fact `seq - 1`, None for `seq` 0.
    """

    epc: str
    seq: int
    previous: bytes | None

    @property
    def value(self) -> list[Any]:
        """The value of the `package` fact: [epc, seq, previous]."""
        return [self.epc, self.seq, self.previous]

    @classmethod
    def from_value(cls, value: Any) -> PackageFact:
        """Reads a fact's value. Raises ValueError when it is not of that shape."""
        if not isinstance(value, list | tuple) or len(value) != 3:
            raise ValueError("a package fact is [epc, seq, previous]")
        epc, seq, previous = value
        if not isinstance(epc, str) or not isinstance(seq, int) or isinstance(seq, bool) or seq < 0:
            raise ValueError("a package fact is an EPC, a number from 0, and a hash or null")
        if previous is not None and not (isinstance(previous, bytes) and len(previous) == 32):
            raise ValueError("the previous fact of a package is a hash of 32 bytes or null")
        return cls(epc, seq, previous)


def salt(secret: bytes, index: int) -> bytes:
    """HMAC-SHA256(secret, u32be(index))[:16]."""
    return hmac.digest(secret, index.to_bytes(4, "big"), "sha256")[:SALT_SIZE]


def encode_fact(salt: bytes, name: str, value: Any) -> bytes:
    """Deterministic CBOR of [salt, name, value].

    Raises TypeError when the value is none of str, int, bytes, bool, None or a list of these.
    """
    return b"\x83" + cbor.octets(salt) + _named(name, value)


def encode_facts(facts: Sequence[tuple[str, Any]]) -> bytes:
    """Deterministic CBOR of [[name, value], …]: what a statement's facts are stored as."""
    pairs = [b"\x82" + _named(name, value) for name, value in facts]
    return cbor.head(4, len(pairs)) + b"".join(pairs)


def _named(name: str, value: Any) -> bytes:
    return _named_text(name, value) if type(value) is str else cbor.text(name) + cbor.encode(value)


@lru_cache(maxsize=8192)  # an organisation's events have most facts in common
def _named_text(name: str, value: str) -> bytes:
    return cbor.text(name) + cbor.text(value)


def fact_leaf(salt: bytes, name: str, value: Any) -> bytes:
    """RFC 6962 leaf hash of an encoded fact: 32 bytes."""
    return leaf_hash(encode_fact(salt, name, value))


def fact_leaves(
    *,
    secret: bytes,
    facts: Sequence[tuple[str, Any]],
    packages: Sequence[tuple[str, int, bytes | None]] = (),
) -> list[bytes]:
    """Leaf hashes of all facts of one statement: `facts` first, then one fact per package.

    `packages` are (epc, seq, previous); the leaf of package i is number `len(facts) + i`, and is
    the new head of that package. Raises ValueError for a secret that is not 32 bytes, for more
    than 2,000 packages, and for a `previous` that is not 32 bytes.
    """
    if len(secret) != SECRET_SIZE:
        raise ValueError("a statement's secret is 32 bytes")
    if len(packages) > MAX_PACKAGES:
        raise ValueError(f"an event carries at most {MAX_PACKAGES} packages, not {len(packages)}")
    salt_at = _salts(secret)
    sha, size, before = sha256, SALT_SIZE, _LEAF_BEFORE_SALT  # what `fact_leaf` gives, in one piece
    leaves = [
        sha(before + salt_at(index)[:size] + _named(name, value)).digest()
        for index, (name, value) in enumerate(facts)
    ]
    leaves.extend(_package_leaves(salt_at, len(facts), packages))
    return leaves


def facts_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 root over the facts of a statement. Raises ValueError when there is no fact."""
    if not leaves:
        raise ValueError("a statement states at least one fact")
    return root_of(leaves)


def _salts(secret: bytes) -> Callable[[int], bytes]:
    """The same as `salt` before truncation, with the key blocks of the HMAC made only once."""
    key = secret.ljust(_HMAC_BLOCK, b"\0")
    inner = sha256(key.translate(_INNER_PAD)).copy
    outer = sha256(key.translate(_OUTER_PAD)).copy

    def salt_at(index: int) -> bytes:
        first, second = inner(), outer()
        first.update(index.to_bytes(4, "big"))
        second.update(first.digest())
        return second.digest()

    return salt_at


def _package_leaves(
    salt_at: Callable[[int], bytes],
    start: int,
    packages: Iterable[tuple[str, int, bytes | None]],
) -> list[bytes]:
    """The hot loop: what `fact_leaf(salt, "package", [epc, seq, previous])` gives, in one piece."""
    sha, size, text, uint = sha256, SALT_SIZE, cbor.text, cbor.uint
    before, between = _LEAF_BEFORE_SALT, cbor.text(PACKAGE) + b"\x83"  # an array of 3
    leaves = []
    for index, (epc, seq, previous) in enumerate(packages, start):
        if previous is None:
            tail = b"\xf6"
        elif len(previous) == 32:
            tail = b"\x58\x20" + previous
        else:
            raise ValueError(f"the previous fact of {epc} is not a hash of 32 bytes")
        fact = before + salt_at(index)[:size] + between + text(epc) + uint(seq) + tail
        leaves.append(sha(fact).digest())
    return leaves
