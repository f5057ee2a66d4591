"""One reading for the verifier keys of logs, and one for those of witnesses, whatever their kind."""

from __future__ import annotations

from pharmatrace.kernel.tlog.cosignature import COSIGNATURE, CosignatureVerifier
from pharmatrace.kernel.tlog.note import ED25519, NoteError, Verifier, vkey_type
from pharmatrace.kernel.tlog.subtree_cosignature import SUBTREE_COSIGNATURE, SubtreeVerifier

WitnessKey = CosignatureVerifier | SubtreeVerifier
LogKey = Verifier | SubtreeVerifier


def parse_witness_key(vkey: str) -> WitnessKey:
    """A verifier key of type 0x04 (Ed25519) or 0x06 (ML-DSA-44). Raises NoteError."""
    match vkey_type(vkey):
        case 0x04:
            return CosignatureVerifier.parse(vkey)
        case 0x06:
            return SubtreeVerifier.parse(vkey)
        case other:
            raise NoteError(
                f"the verifier key is of type 0x{other:02x}; a witness has one of type"
                f" 0x{COSIGNATURE:02x} or 0x{SUBTREE_COSIGNATURE:02x}"
            )


def parse_log_key(vkey: str) -> LogKey:
    """A verifier key of type 0x01 (Ed25519) or 0x06 (ML-DSA-44, C2SP tlog-checkpoint). Raises NoteError."""
    match vkey_type(vkey):
        case 0x01:
            return Verifier.parse(vkey)
        case 0x06:
            return SubtreeVerifier.parse(vkey)
        case other:
            raise NoteError(
                f"the verifier key is of type 0x{other:02x}; a log has one of type"
                f" 0x{ED25519:02x} or 0x{SUBTREE_COSIGNATURE:02x}"
            )
