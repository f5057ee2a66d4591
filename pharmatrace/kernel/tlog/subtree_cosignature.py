"""Cosignatures with ML-DSA-44, signature type 0x06 (C2SP tlog-cosignature, FIPS 204).

They sign the tree, not the text: extension lines of a checkpoint are not covered. FIPS 204 is used in
its pure form with an empty context.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from pharmatrace.kernel.tlog.checkpoint import CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.cosignature import ML_DSA_44_SIZE
from pharmatrace.kernel.tlog.note import check_key_name, format_vkey, key_id, parse_vkey

SUBTREE_COSIGNATURE = 0x06
"""Signature type of a timestamped ML-DSA-44 cosignature of a tree or subtree."""

MAX_NAME = 255
"""Bytes of the longest cosigner name and origin that the message has room for."""


def subtree_message(
    *, cosigner: str, at: int, origin: str, start: int, end: int, root: bytes
) -> bytes:
    """The `cosigned_message`. `at` is in seconds since 1970, 0 for no statement about time.

    Raises ValueError for what the structure has no room for, or does not allow.
    """
    if not 0 <= at < 1 << 63 or not 0 <= start <= end < 1 << 63 or (start and at):
        raise ValueError("time or range of a cosignature is not allowed")
    if len(root) != 32:
        raise ValueError("the root hash of a cosignature is 32 bytes")
    message = b"subtree/v1\n\0" + _counted(cosigner) + at.to_bytes(8, "big") + _counted(origin)
    return message + start.to_bytes(8, "big") + end.to_bytes(8, "big") + root


def _counted(name: str) -> bytes:
    data = name.encode()
    if not 1 <= len(data) <= MAX_NAME:
        raise ValueError(f"a name in a cosignature is 1 to {MAX_NAME} bytes")
    return bytes((len(data),)) + data


@dataclass(frozen=True, slots=True)
class SubtreeCosigner:
    """A `NoteSigner` that cosigns checkpoints at a given second."""

    name: str
    private: MLDSA44PrivateKey
    at: int

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, SUBTREE_COSIGNATURE, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> bytes:
        """2,428 bytes. Raises CheckpointError for a text that is no checkpoint, ValueError."""
        return self.at.to_bytes(8, "big") + self.private.sign(_message(self.name, self.at, text))


@dataclass(frozen=True, slots=True)
class SubtreeVerifier:
    """A `NoteVerifier` for the ML-DSA-44 cosignatures of one witness, over whole trees."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> SubtreeVerifier:
        """Reads a verifier key of type 0x06. Raises NoteError."""
        name, public = parse_vkey(vkey, SUBTREE_COSIGNATURE)
        return cls(check_key_name(name), public)

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, SUBTREE_COSIGNATURE, self.public)

    def vkey(self) -> str:
        return format_vkey(self.name, SUBTREE_COSIGNATURE, self.public)

    def verify(self, text: str, signature: bytes) -> bool:
        if len(signature) != 8 + ML_DSA_44_SIZE:
            return False
        try:
            message = _message(self.name, int.from_bytes(signature[:8], "big"), text)
            MLDSA44PublicKey.from_public_bytes(self.public).verify(signature[8:], message)
        except (CheckpointError, ValueError, InvalidSignature):
            return False
        return True


def _message(cosigner: str, at: int, text: str) -> bytes:
    told = parse_checkpoint(text)
    return subtree_message(
        cosigner=cosigner, at=at, origin=told.origin, start=0, end=told.size, root=told.root
    )
