"""What `log.json` says of the anchors: by what a reader knows each, so that nothing has to be asked of us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.conf import settings

from apps.anchors.models import Anchor
from apps.anchors.rfc3161.authorities import read_authorities


def anchors_told() -> list[dict[str, Any]]:
    """One for each place outside that is configured. No address of a node: it may hold an access key. One query where
    a contract is told, none else."""
    return [*_authorities(), *_calendars(), *_contract()]


def _authorities() -> Iterator[dict[str, Any]]:
    for one in read_authorities(settings.ANCHOR_RFC3161):
        roots = [root.fingerprint(hashes.SHA256()).hex() for root in one.roots]
        told = {"kind": "rfc3161", "url": one.url, "roots_sha256": roots}
        yield told | ({"policy": one.policy} if one.policy else {})


def _calendars() -> Iterator[dict[str, Any]]:
    if settings.ANCHOR_OPENTIMESTAMPS:
        yield {
            "kind": "opentimestamps",
            "calendars": [url.rstrip("/") for url in settings.ANCHOR_OPENTIMESTAMPS],
        }


def _contract() -> Iterator[dict[str, Any]]:
    """The sender is the one that the contract was last told from: its key is the worker's alone."""
    if not settings.ANCHOR_EVM_NODE:
        return
    newest = Anchor.objects.filter(backend="evm").order_by("-checkpoint_id").first()
    told = {
        "kind": "evm",
        "chain_id": settings.ANCHOR_EVM_CHAIN_ID,
        "contract": settings.ANCHOR_EVM_CONTRACT.lower(),
    }
    yield told | ({"sender": newest.receipt["sender"]} if newest else {})
