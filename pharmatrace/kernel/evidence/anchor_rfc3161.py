"""RFC 3161 time-stamp responses: over what, when, and by an authority under a pinned root.

What it proves: the stamped bytes existed before the time told, if the authority's key and clock were sound then.
It says nothing about other bytes that existed too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.x509 import Certificate, ObjectIdentifier, load_der_x509_certificate
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
from rfc3161_client.tsp import TimeStampResponse

from pharmatrace.kernel.evidence.anchor_stamped import AnchorError
from pharmatrace.kernel.evidence.token_order import in_order

MAX_SIZE = 100_000
GRANTED = 0
SHA256_OID = ObjectIdentifier("2.16.840.1.101.3.4.2.1")


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """What the token says of itself. `authority` is the subject of the signing certificate, if it is in it."""

    at: datetime
    policy: str
    authority: str


def read_token(response: bytes, *, over: bytes) -> TimeStamp:
    """What a response over the bytes `over` says. No signature is checked. Raises AnchorError."""
    return _told(_decode(response, over))


def check_token(
    response: bytes,
    *,
    over: bytes,
    roots: Sequence[Certificate],
    policy: str | None = None,
    nonce: int | None = None,
) -> TimeStamp:
    """What a response over the bytes `over` says, when an authority under one of `roots` signed it.

    The certificates must have been valid at the time told, for time stamping and nothing else (RFC 3161
    §2.3); with `policy` and `nonce` the token carries these. Raises AnchorError.
    """
    decoded = _decode(response, over)
    if not roots:
        raise AnchorError("there is no root certificate to check the time stamp with")
    verifier = VerifierBuilder(
        policy_id=ObjectIdentifier(policy) if policy else None, roots=list(roots), nonce=nonce
    ).build()
    try:
        verifier.verify(decoded, sha256(over).digest())
    except (VerificationError, ValueError) as fault:
        raise AnchorError(f"the time stamp does not hold: {fault}") from None
    return _told(decoded)


def _decode(response: bytes, over: bytes) -> TimeStampResponse:
    if len(response) > MAX_SIZE:
        raise AnchorError("the time stamp is too large")
    try:
        ordered = in_order(response)
        decoded = decode_timestamp_response(ordered)
        if decoded.status != GRANTED:
            raise AnchorError(f"the authority granted no time stamp (status {decoded.status})")
        if decoded.as_bytes() != ordered:
            raise AnchorError("the time stamp is not in its one encoding (DER)")
        imprint = decoded.tst_info.message_imprint
        algorithm, digest = imprint.hash_algorithm, imprint.message
    except ValueError as fault:
        raise AnchorError(f"this is no time-stamp response: {fault}") from None
    if algorithm != SHA256_OID:
        raise AnchorError(f"the time stamp is over another hash than SHA-256 ({algorithm})")
    if digest != sha256(over).digest():
        raise AnchorError("the time stamp is over something else than this checkpoint")
    return decoded


def _told(decoded: TimeStampResponse) -> TimeStamp:
    try:
        info, signed = decoded.tst_info, decoded.signed_data
        signers = list(signed.signer_infos)
        authority = ""
        for der in signed.certificates:
            found = load_der_x509_certificate(der)
            if signers and found.serial_number == signers[0].serial_number:
                authority = found.subject.rfc4514_string()
        return TimeStamp(info.gen_time, info.policy.dotted_string, authority)
    except ValueError as fault:
        raise AnchorError(f"the time stamp cannot be read: {fault}") from None
