"""Reading OpenTimestamps proofs (detached files, version 1): operations from a file's hash to attestations.

The file: magic, version, the hash of the file, then a tree. In the tree 0x00 is an attestation, 0xff says that
another branch follows, anything else is an operation on the message so far.
"""

from __future__ import annotations

import hashlib
from binascii import hexlify
from collections.abc import Callable
from dataclasses import dataclass

from pharmatrace.kernel.evidence.anchor_stamped import AnchorError

MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
MAX_SIZE = 100_000
LONGEST_MESSAGE = 4096
LONGEST_PAYLOAD = 8192
LONGEST_URI = 1000
DEEPEST = 256
BITCOIN = bytes.fromhex("0588960d73d71901")
PENDING = bytes.fromhex("83dfe30d2ef90c8e")
_URI = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:")
_DIGESTS = {0x02: ("sha1", 20), 0x03: ("ripemd160", 20), 0x08: ("sha256", 32)}
_APPEND, _PREPEND, _REVERSE, _HEXLIFY, _KECCAK = 0xF0, 0xF1, 0xF2, 0xF3, 0x67


@dataclass(frozen=True, slots=True)
class Attestation:
    """Who vouches for `message`. It is None where an operation before is none that can be computed here.

    `height` is that of a Bitcoin block, `calendar` the address of a calendar that still has to deliver; both
    None for a notary that is not known.
    """

    message: bytes | None
    height: int | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class OtsProof:
    """`digest` of the file, by the hash function `hash`, and all attestations that lead from it."""

    hash: str
    digest: bytes
    attestations: tuple[Attestation, ...]


def read_ots(data: bytes) -> OtsProof:
    """Raises AnchorError for what is no such file."""
    if len(data) > MAX_SIZE:
        raise AnchorError("the proof is too large")
    octets = _Octets(data)
    if octets.take(len(MAGIC)) != MAGIC:
        raise AnchorError("this is no OpenTimestamps proof")
    if (version := octets.number()) != 1:
        raise AnchorError(f"the proof is of version {version}, not 1")
    kind = octets.take(1)[0]
    if kind not in _DIGESTS:
        raise AnchorError(f"the proof is of a file by the unknown hash 0x{kind:02x}")
    name, size = _DIGESTS[kind]
    digest = octets.take(size)
    found = _tree(octets, digest)
    octets.end()
    return OtsProof(name, digest, tuple(found))


def _tree(octets: _Octets, digest: bytes) -> list[Attestation]:
    """Without recursion: `open` holds the messages from which further branches follow."""
    found: list[Attestation] = []
    open: list[tuple[bytes | None, int]] = [(digest, 0)]
    while open:
        message, depth = open.pop()
        while True:
            tag = octets.take(1)[0]
            if tag == 0xFF:
                open.append((message, depth))
                tag = octets.take(1)[0]
            if tag == 0x00:
                found.append(_attestation(octets, message))
                break
            message, depth = _apply(tag, octets, message), depth + 1
            if depth >= DEEPEST:
                raise AnchorError("the proof is nested too deep")
    return found


def _apply(tag: int, octets: _Octets, message: bytes | None) -> bytes | None:
    if tag in (_APPEND, _PREPEND):
        more = octets.text(LONGEST_MESSAGE)
        if not more:
            raise AnchorError("the proof appends nothing")
        change: Callable[[bytes], bytes] = (
            (lambda old: old + more) if tag == _APPEND else (lambda old: more + old)
        )
    elif tag == _REVERSE:
        change = lambda old: old[::-1]  # noqa: E731
    elif tag == _HEXLIFY:
        change = hexlify
    elif tag in _DIGESTS:
        if not _has(_DIGESTS[tag][0]):
            return None
        change = lambda old: hashlib.new(_DIGESTS[tag][0], old).digest()  # noqa: E731
    elif tag == _KECCAK:
        return None
    else:
        raise AnchorError(f"the proof has the unknown operation 0x{tag:02x}")
    if message is None:
        return None
    changed = change(message)
    if len(changed) > LONGEST_MESSAGE:
        raise AnchorError("a message in the proof grows too long")
    return changed


def _has(name: str) -> bool:
    """OpenSSL may come without old hash functions."""
    try:
        hashlib.new(name)
    except ValueError:
        return False
    return True


def _attestation(octets: _Octets, message: bytes | None) -> Attestation:
    tag, payload = octets.take(8), octets.text(LONGEST_PAYLOAD)
    inside = _Octets(payload)
    if tag == BITCOIN:
        height = inside.number()
        inside.end()
        return Attestation(message, height=height)
    if tag == PENDING:
        uri = inside.text(LONGEST_URI)
        inside.end()
        if not _URI.issuperset(uri):
            raise AnchorError("a calendar's address in the proof is none")
        return Attestation(message, calendar=uri.decode())
    return Attestation(message)


class _Octets:
    """What is left of the file."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise AnchorError("the proof breaks off")
        self._at += count
        return taken

    def number(self) -> int:
        """Unsigned LEB128, of at most 63 bits."""
        value = 0
        for shift in range(0, 63, 7):
            octet = self.take(1)[0]
            value |= (octet & 0x7F) << shift
            if not octet & 0x80:
                return value
        raise AnchorError("a number in the proof is too large")

    def text(self, most: int) -> bytes:
        if (count := self.number()) > most:
            raise AnchorError("a field of the proof is too long")
        return self.take(count)

    def end(self) -> None:
        if self._at != len(self._data):
            raise AnchorError("something follows after the end of the proof")
