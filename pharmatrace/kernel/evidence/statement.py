"""Statements: a facts root signed by an organisation, and the log entry that commits to it.

COSE_Sign1 with EdDSA (RFC 9052 §4, RFC 9053 §2.2), CWT claims in the protected header
(RFC 9597), exactly as DESIGN §4 fixes it. There is one encoding of a statement and only that one
is accepted, so a statement cannot be rewritten without breaking it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pharmatrace.kernel.evidence import cbor

CONTENT_TYPE = "application/vnd.pharmatrace.facts"
KID_SIZE = 16
ENTRY_SIZE = 34
_COMMIT_DOMAIN = b"pharmatrace/commit/v1"
_ENTRY_VERSION = 1
_ALGORITHM_AND_TYPE = b"\xa4\x01\x27\x03" + cbor.text(CONTENT_TYPE) + b"\x04"
_SIGNATURE1 = b"\x84" + cbor.text("Signature1")


class StatementError(Exception):
    """The bytes are no statement of ours, or its signature is not that of the key."""


class EntryType(IntEnum):
    """What a log entry commits to; 3 and up are reserved."""

    GENESIS = 0
    CUSTODY = 1
    REGISTRY = 2


class Entry(NamedTuple):
    """A log entry, read."""

    type: EntryType
    commitment: bytes


@dataclass(frozen=True, slots=True)
class StatementClaims:
    """What a statement says: who (`iss`, by key `kid`), about what (`sub`), when, which facts."""

    kid: bytes
    iss: str
    sub: str
    iat: int
    facts_root: bytes


class SigningKey(Protocol):
    """Anything that signs with Ed25519, wherever the key lives."""

    def sign(self, data: bytes, /) -> bytes: ...


def kid_of(public_key: bytes) -> bytes:
    """First 16 bytes of SHA-256 over the 32-byte public key."""
    return sha256(public_key).digest()[:KID_SIZE]


def sign_statement(
    *,
    key: SigningKey | Callable[[bytes], bytes],
    kid: bytes,
    iss: str,
    sub: str,
    iat: int,
    facts_root: bytes,
) -> bytes:
    """The tagged COSE_Sign1 of a facts root.

    `iss` is the organisation's did:web, `sub` the event hash ID as `ni:` URI, `iat` seconds since
    1970. Raises ValueError when a claim is malformed, and what the key raises.
    """
    claims = StatementClaims(kid, iss, sub, iat, facts_root)
    problem = _problem(claims)
    if problem:
        raise ValueError(problem)
    sign: Callable[[bytes], bytes] = getattr(key, "sign", key)  # type: ignore[arg-type]
    protected = _protected(claims)
    return _cose(protected, facts_root, sign(_signed_bytes(protected, facts_root)))


def check_statement(cose: bytes, public_key: bytes) -> StatementClaims:
    """The claims of a statement signed by this 32-byte Ed25519 key. Raises StatementError."""
    claims, signature = _open(cose)
    if claims.kid != kid_of(public_key):
        raise StatementError("the statement names another key than the one it is checked with")
    signed = _signed_bytes(_protected(claims), claims.facts_root)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise StatementError("the signature of the statement is not that of the key") from None
    return claims


def read_statement_unverified(cose: bytes) -> StatementClaims:
    """The claims WITHOUT checking the signature: only to find the key. Raises StatementError."""
    return _open(cose)[0]


def signature_salt(secret: bytes) -> bytes:
    """HMAC-SHA256(secret, "signature")[:16]."""
    return hmac.digest(secret, b"signature", "sha256")[:16]


def signature_digest(salt: bytes, cose: bytes) -> bytes:
    """SHA-256(signature salt || cose): stands for a statement that is not shown."""
    return sha256(salt + cose).digest()


def commitment(*, facts_root: bytes, signature_digest: bytes) -> bytes:
    """SHA-256("pharmatrace/commit/v1" || facts_root || signature_digest)."""
    return sha256(_COMMIT_DOMAIN + facts_root + signature_digest).digest()


def entry(type: EntryType, commitment: bytes) -> bytes:
    """The log entry: 0x01 || type || commitment, 34 bytes. Raises ValueError."""
    if len(commitment) != 32:
        raise ValueError("a commitment is 32 bytes")
    return bytes((_ENTRY_VERSION, EntryType(type))) + commitment


def read_entry(data: bytes) -> Entry:
    """Reads a log entry. Raises StatementError for another length, version or type."""
    if len(data) != ENTRY_SIZE or data[0] != _ENTRY_VERSION:
        raise StatementError("a log entry is 34 bytes and starts with 0x01")
    try:
        return Entry(EntryType(data[1]), data[2:])
    except ValueError:
        raise StatementError(f"log entries of type {data[1]} are reserved") from None


def _protected(claims: StatementClaims) -> bytes:
    return b"".join(
        (
            _ALGORITHM_AND_TYPE,
            cbor.octets(claims.kid),
            b"\x0f\xa3\x01",
            cbor.text(claims.iss),
            b"\x02",
            cbor.text(claims.sub),
            b"\x06",
            cbor.uint(claims.iat),
        )
    )


def _signed_bytes(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052 §4.4 with no external data."""
    return _SIGNATURE1 + cbor.octets(protected) + b"\x40" + cbor.octets(payload)


def _cose(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return b"".join(
        (
            b"\xd2\x84",
            cbor.octets(protected),
            b"\xa0",
            cbor.octets(payload),
            cbor.octets(signature),
        )
    )


def _open(cose: bytes) -> tuple[StatementClaims, bytes]:
    """Claims and signature. What is accepted is exactly what `sign_statement` would write."""
    try:
        protected, _unprotected, payload, signature = cbor2.loads(cose).value
        header = cbor2.loads(protected)
        claimed = header[15]
        claims = StatementClaims(header[4], claimed[1], claimed[2], claimed[6], payload)
    except Exception as fault:  # any shape can come in here, and each library error is its own
        raise StatementError("the statement is not a COSE_Sign1 of facts") from fault
    problem = _problem(claims)
    if problem:
        raise StatementError(problem)
    if not isinstance(signature, bytes) or len(signature) != 64:
        raise StatementError("an Ed25519 signature is 64 bytes")
    if _cose(_protected(claims), payload, signature) != cose:
        raise StatementError("the statement is not in the one encoding that is allowed")
    return claims, signature


def _problem(claims: StatementClaims) -> str | None:
    if not _is_octets(claims.kid, KID_SIZE):
        return "a key identifier is 16 bytes"
    if not _is_octets(claims.facts_root, 32):
        return "a facts root is 32 bytes"
    if not (isinstance(claims.iss, str) and claims.iss):
        return "the issuer of a statement is a text"
    if not (isinstance(claims.sub, str) and claims.sub):
        return "the subject of a statement is a text"
    if not isinstance(claims.iat, int) or isinstance(claims.iat, bool):
        return "the time of a statement is a whole number of seconds"
    if not 0 <= claims.iat < 1 << 63:
        return "the time of a statement is out of range"
    return None


def _is_octets(value: Any, size: int) -> bool:
    return isinstance(value, bytes) and len(value) == size
