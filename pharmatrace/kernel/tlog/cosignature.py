"""Cosignatures: a witness saw this checkpoint follow from all earlier ones (C2SP tlog-cosignature).

The Ed25519 kind, signature type 0x04. `subtree_cosignature` has the ML-DSA-44 kind.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pharmatrace.kernel.tlog.note import (
    NoteError,
    NoteSignature,
    check_key_name,
    format_vkey,
    key_id,
    parse_vkey,
    verify_ed25519,
)

COSIGNATURE = 0x04
"""Signature type of a timestamped Ed25519 cosignature."""

ML_DSA_44_SIZE = 2420
"""Bytes of an ML-DSA-44 signature (FIPS 204, table 2)."""

_SIZE = 8 + 64


def cosigned_message(text: str, at: int) -> bytes:
    """What a witness signs about the checkpoint text at second `at` since 1970. Raises ValueError."""
    if not 0 <= at < 1 << 63:
        raise ValueError("the time of a cosignature is out of range")
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def cosign_v1(text: str, key: Ed25519PrivateKey, at: int) -> bytes:
    """The timestamped signature, 72 bytes: u64be(at) and Ed25519 over the cosigned message.

    `text` is the checkpoint's text, `at` is in seconds since 1970. Raises ValueError.
    """
    signature = key.sign(cosigned_message(text, at))
    return at.to_bytes(8, "big") + signature


def cosigned_at(signature: NoteSignature) -> int:
    """Seconds since 1970 of a verified cosignature of either kind. Raises NoteError when it is none."""
    if len(signature.signature) not in (_SIZE, 8 + ML_DSA_44_SIZE):
        raise NoteError(f"the signature of {signature.name} is no cosignature")
    return int.from_bytes(signature.signature[:8], "big")


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A `NoteSigner` that cosigns at a given second."""

    name: str
    private: Ed25519PrivateKey
    at: int

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, COSIGNATURE, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        return cosign_v1(text, self.private, self.at)


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """A `NoteVerifier` for the cosignatures of one witness."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> CosignatureVerifier:
        """Reads a verifier key of type 0x04. Raises NoteError."""
        name, public = parse_vkey(vkey, COSIGNATURE)
        return cls(check_key_name(name), public)

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, COSIGNATURE, self.public)

    def vkey(self) -> str:
        return format_vkey(self.name, COSIGNATURE, self.public)

    def verify(self, text: str, signature: bytes) -> bool:
        at = int.from_bytes(signature[:8], "big")
        if len(signature) != _SIZE or at >= 1 << 63:
            return False
        return verify_ed25519(self.public, cosigned_message(text, at), signature[8:])
