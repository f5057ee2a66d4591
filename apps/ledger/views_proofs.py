"""Proofs made on demand. All of them can be made from the tiles alone, without us; these save the work."""

from __future__ import annotations

from base64 import b64encode

import orjson
from django.http import HttpRequest, HttpResponse

from apps.ledger.answering import A_MOMENT, TEXT, absent, of_shard, open_to_all, public, wrong
from apps.ledger.log_keys import log_verifier
from apps.ledger.selectors import (
    checkpoint_of,
    consistency,
    inclusion,
    latest_checkpoint,
    published_size,
    roots,
)
from pharmatrace.kernel.tlog.prooffile import ProofFile
from pharmatrace.kernel.tlog.receipt import MEDIA_TYPE, consistency_receipt, inclusion_receipt

LONGEST = 18  # digits of a number that a question may have


@open_to_all
@of_shard
def proof(request: HttpRequest, index: int, first: int = 0) -> HttpResponse:
    """Entry `index` is in the newest published tree, as a file that verifies offline (C2SP tlog-proof)."""
    newest = latest_checkpoint(first=first)
    if newest is None or not index < newest.tree_size:
        return _beyond()
    text = ProofFile(
        index, tuple(inclusion(first + index, newest.size, first=first)), newest.note
    ).text()
    response = public(text.encode(), TEXT, A_MOMENT)
    response["Content-Disposition"] = f'inline; filename="{index}.tlog-proof"'
    return response


@open_to_all
@of_shard
def consistency_proof(request: HttpRequest, first: int = 0) -> HttpResponse:
    """`?old=&new=`: the tree of `old` entries is a prefix of that of `new` (the newest one if not given)."""
    old, new = _number(request, "old"), _number(request, "new")
    if old is None or (new is None and "new" in request.GET):
        return wrong("Ask with old= and, if you like, new=: two sizes, whole numbers from 1.")
    published = max(published_size(first=first) - first, 0)
    if max(old, new or 0) > published:
        return _beyond()
    new = published if new is None else new
    if not 0 < old <= new:
        return wrong("There is a proof from a size above 0 to the same or a larger size.")
    old_root, new_root = roots(first + old, first + new, first=first)
    told = {
        "old": {"size": old, "root": _base64(old_root)},
        "new": {"size": new, "root": _base64(new_root)},
        "path": [_base64(digest) for digest in consistency(first + old, first + new, first=first)],
    }
    return public(orjson.dumps(told), "application/json", A_MOMENT)


@open_to_all
@of_shard
def receipt(request: HttpRequest, index: int, first: int = 0) -> HttpResponse:
    """Entry `index` is in the newest published tree, as a COSE receipt (RFC 9942)."""
    newest = latest_checkpoint(first=first)
    if newest is None or not index < newest.tree_size:
        return _beyond()
    if newest.root_signature is None:
        return _unsigned()
    log = log_verifier(newest.size)
    made = inclusion_receipt(
        kid=log.key_id, issuer=log.name, size=newest.tree_size, index=index,
        path=inclusion(first + index, newest.size, first=first), signature=bytes(newest.root_signature),
    )  # fmt: skip
    return _receipt(made, f"{index}.cose")


@open_to_all
@of_shard
def growth_receipt(request: HttpRequest, first: int = 0) -> HttpResponse:
    """`?old=`: the newest published tree grew from that of `old` entries, as a COSE receipt."""
    old, newest = _number(request, "old"), latest_checkpoint(first=first)
    if not old:
        return wrong("Ask with old=: a size, a whole number from 1.")
    if newest is None or old > newest.tree_size:
        return _beyond()
    if newest.root_signature is None:
        return _unsigned()
    log = log_verifier(newest.size)
    made = consistency_receipt(
        kid=log.key_id, issuer=log.name, old=old, new=newest.tree_size,
        path=consistency(first + old, newest.size, first=first), signature=bytes(newest.root_signature),
    )  # fmt: skip
    return _receipt(made, f"{old}-{newest.tree_size}.cose")


@open_to_all
@of_shard
def checkpoint_of_size(request: HttpRequest, size: int, first: int = 0) -> HttpResponse:
    """The checkpoint that was published at exactly this size."""
    found = checkpoint_of(first + size) if size else None
    if found is None or found.first != first:
        return absent("No checkpoint of this size was published.")
    return public(found.note.encode(), TEXT, A_MOMENT)


def _number(request: HttpRequest, name: str) -> int | None:
    """None where it is missing, given twice or no whole number in its one spelling."""
    values = request.GET.getlist(name)
    if len(values) != 1 or len(values[0]) > LONGEST:
        return None
    text = values[0]
    if not (text.isascii() and text.isdigit()) or str(int(text)) != text:
        return None
    return int(text)


def _receipt(made: bytes, name: str) -> HttpResponse:
    response = public(made, MEDIA_TYPE, A_MOMENT)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _beyond() -> HttpResponse:
    return absent("The published log does not reach that far.")


def _unsigned() -> HttpResponse:
    return absent("The newest checkpoint was made before receipts were; the next one has them.")


def _base64(digest: bytes) -> str:
    return b64encode(digest).decode()
