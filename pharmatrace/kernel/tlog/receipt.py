"""Receipts: proofs of the log as COSE_Sign1, for whoever speaks COSE (RFC 9942, RFC9162_SHA256).

What is signed is a root and a header that is the same for every tree of a log, so one signature per tree
serves the receipts of all its entries: `sign_root` is done by whoever has the log's key, the rest by anybody.
The payload is detached: a verifier has to compute the root from the proof. The tree size in a receipt is
signed by nobody: it counts only as far as another size would lead to another root.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pharmatrace.kernel.tlog.proofs import ProofError, check_consistency, root_from_path

MEDIA_TYPE = "application/cose"
EDDSA = -8
KID, ALG, CWT_CLAIMS, VDS, VDP = 4, 1, 15, 395, 396
RFC9162_SHA256 = 1
INCLUSION, CONSISTENCY = -1, -2
_ISSUER = 1
_TAG = 18


class ReceiptError(Exception):
    """The bytes are no receipt, or it is not the receipt of what it is shown for."""


class RootSigner(Protocol):
    def sign(self, data: bytes, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt, read and not verified. `kind` is INCLUSION or CONSISTENCY, `first` and `second` are
    tree size and leaf index, or old and new size."""

    protected: bytes
    algorithm: int
    kid: bytes | None
    issuer: str | None
    kind: int
    first: int
    second: int
    path: tuple[bytes, ...]
    payload: bytes | None
    signature: bytes


def sign_root(key: RootSigner, *, kid: bytes, issuer: str, root: bytes) -> bytes:
    """The signature that receipts for the tree with this root carry."""
    return key.sign(_signed_bytes(protected_header(kid=kid, issuer=issuer), root))


def protected_header(*, kid: bytes, issuer: str) -> bytes:
    """`kid` is the log's key ID (C2SP signed-note), `issuer` its origin."""
    return cbor2.dumps(
        {ALG: EDDSA, KID: kid, CWT_CLAIMS: {_ISSUER: issuer}, VDS: RFC9162_SHA256}, canonical=True
    )


def inclusion_receipt(
    *, kid: bytes, issuer: str, size: int, index: int, path: Sequence[bytes], signature: bytes
) -> bytes:
    """Entry `index` is in the tree of `size` entries whose root was signed."""
    return _receipt(kid, issuer, INCLUSION, [size, index, list(path)], signature)


def consistency_receipt(
    *, kid: bytes, issuer: str, old: int, new: int, path: Sequence[bytes], signature: bytes
) -> bytes:
    """The tree of `old` entries is a prefix of that of `new`, whose root was signed."""
    return _receipt(kid, issuer, CONSISTENCY, [old, new, list(path)], signature)


def read_receipt(data: bytes) -> Receipt:
    """Reads a receipt with one proof. Raises ReceiptError."""
    try:
        tagged = cbor2.loads(data)
        protected, unprotected, payload, signature = tagged.value
        header = cbor2.loads(protected)
        (kind, proofs), *others = unprotected[VDP].items()
        (proof,) = proofs
        first, second, path = cbor2.loads(proof)
        issuer = header.get(CWT_CLAIMS, {}).get(_ISSUER)
        if not (payload is None or isinstance(payload, bytes)):
            raise TypeError("the payload is a root, or detached")
        found = Receipt(
            protected, header[ALG], header.get(KID), issuer, kind, first, second, tuple(path),
            payload, signature,
        )  # fmt: skip
    except Exception as fault:  # any shape can come in here, and each library error is its own
        raise ReceiptError("the bytes are no COSE receipt with one proof") from fault
    problem = _problem(tagged.tag, header.get(VDS), bool(others), found)
    if problem:
        raise ReceiptError(problem)
    return found


def check_inclusion_receipt(data: bytes, *, leaf: bytes, public: bytes) -> bytes:
    """The root that the log's Ed25519 key signed and this leaf hash leads to. Raises ReceiptError."""
    receipt = _of_kind(data, INCLUSION)
    try:
        root = root_from_path(
            size=receipt.first, index=receipt.second, leaf=leaf, path=receipt.path
        )
    except ProofError as fault:
        raise ReceiptError(str(fault)) from None
    _check_signature(receipt, root, public)
    return root


def check_consistency_receipt(
    data: bytes, *, old_root: bytes, new_root: bytes, public: bytes
) -> None:
    """The signed tree grew from the one with `old_root`. Raises ReceiptError."""
    receipt = _of_kind(data, CONSISTENCY)
    try:
        check_consistency(
            old_root=old_root, old_size=receipt.first, new_root=new_root, new_size=receipt.second,
            path=receipt.path,
        )  # fmt: skip
    except ProofError as fault:
        raise ReceiptError(str(fault)) from None
    _check_signature(receipt, new_root, public)


def _of_kind(data: bytes, kind: int) -> Receipt:
    receipt = read_receipt(data)
    if receipt.kind != kind:
        raise ReceiptError("the receipt proves something else")
    return receipt


def _check_signature(receipt: Receipt, root: bytes, public: bytes) -> None:
    if receipt.algorithm != EDDSA:
        raise ReceiptError(f"the receipt is signed with algorithm {receipt.algorithm}, not EdDSA")
    if receipt.payload is not None and receipt.payload != root:
        raise ReceiptError("the receipt carries another root than its proof leads to")
    verify: Callable[[bytes, bytes], None] = Ed25519PublicKey.from_public_bytes(public).verify
    try:
        verify(receipt.signature, _signed_bytes(receipt.protected, root))
    except InvalidSignature:
        raise ReceiptError("the signature of the receipt is not that of the log's key") from None


def _problem(tag: int, vds: Any, more: bool, receipt: Receipt) -> str | None:
    if tag != _TAG or not isinstance(receipt.signature, bytes):
        return "a receipt is a tagged COSE_Sign1"
    if type(receipt.algorithm) is not int or vds != RFC9162_SHA256:
        return "the receipt names no algorithm, or another tree than RFC9162_SHA256"
    if more or receipt.kind not in (INCLUSION, CONSISTENCY):
        return "the receipt has not exactly one inclusion or consistency proof"
    if any(type(number) is not int or number < 0 for number in (receipt.first, receipt.second)):
        return "a size or an index of the receipt is no whole number"
    if any(type(digest) is not bytes or len(digest) != 32 for digest in receipt.path):
        return "a hash of the proof is not 32 bytes"
    return None


def _receipt(kid: bytes, issuer: str, kind: int, proof: list[Any], signature: bytes) -> bytes:
    unprotected = {VDP: {kind: [cbor2.dumps(proof, canonical=True)]}}
    content = [protected_header(kid=kid, issuer=issuer), unprotected, None, signature]
    return cbor2.dumps(cbor2.CBORTag(_TAG, content), canonical=True)


def _signed_bytes(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052 §4.4 with no external data."""
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
