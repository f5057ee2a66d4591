"""What a client has to know of this log before it can check anything (`log.json`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings

from apps.ledger.log_keys import log_keys
from apps.ledger.models import Entry
from apps.ledger.selectors import published_size
from apps.ledger.shards import Span, shards
from pharmatrace.kernel.tlog.log_keys import LogKeys

VERSION = 1

Told = Callable[[], "list[dict[str, Any]]"]
_anchors: list[Told] = []


def register_anchors(tell: Told) -> None:
    """What a higher floor says of where checkpoints are told outside: kinds, and by which keys or contracts a reader
    knows them."""
    _anchors.append(tell)


def anchors_told() -> list[dict[str, Any]]:
    return [one for tell in _anchors for one in tell()]


def log_description(*, first: int = 0) -> bytes | None:
    """The JSON document about the shard that begins at `first`; None before it was opened."""
    spans = shards()
    here = next((one for one in spans if one.first == first), None)
    if here is None:
        return None
    try:
        keys = log_keys(first=first)
    except Entry.DoesNotExist:
        return None
    told = description(here, keys, max(published_size(first=first) - first, 0))
    if len(spans) > 1:
        told["shards"] = [_shard(one) for one in spans]
    return orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n"


def _shard(one: Span) -> dict[str, Any]:
    """`first` is the number of its entry 0 over all shards; `size` that of its final checkpoint, null of the one that
    runs."""
    return {
        "origin": one.origin,
        "url": f"{settings.SITE_URL}/log/{one.prefix}",
        "first": one.first,
        "size": None if one.end is None else one.end - one.first,
    }


def description(here: Span, keys: LogKeys, size: int) -> dict[str, Any]:
    return {
        "version": VERSION,
        "origin": here.origin,
        "url": f"{settings.SITE_URL}/log/{here.prefix}",
        "keys": _keys(keys, size),
        "anchors": anchors_told(),
        "policy": _policy(keys.at(size).vkey()),
        "formats": {
            "tiles": "https://c2sp.org/tlog-tiles",
            "checkpoint": "https://c2sp.org/tlog-checkpoint",
            "proof": "https://c2sp.org/tlog-proof",
            "receipt": "https://www.rfc-editor.org/rfc/rfc9942",
            "entry": "0x01, type, commitment: 34 octets (docs/formats.md)",
        },
        "entry_types": {"0": "genesis", "1": "custody", "2": "registry"},
    }


def _keys(keys: LogKeys, size: int) -> list[dict[str, Any]]:
    """The one that signs now first. `from_size` is the smallest checkpoint that it signs, `until_size` the largest;
    how each names the next is on the page `keys`."""
    begun = [1, *(index + 1 for index, _ in keys.later)]
    told = []
    for at, key in enumerate(keys.all):
        if begun[at] > max(size, 1):
            continue  # named, and nothing signed by it is published yet
        one: dict[str, Any] = {
            "vkey": key.vkey(),
            "use": "checkpoints, receipts",
            "from_size": begun[at],
        }
        if at + 1 < len(begun) and begun[at + 1] <= size:
            one["until_size"] = begun[at + 1] - 1
        told.append(one)
    return told[::-1]


def _policy(vkey: str) -> str | None:
    """What this log publishes by (C2SP tlog-policy). A reader's own policy is the reader's to choose."""
    if settings.WITNESS_POLICY_FILE:
        try:
            return Path(settings.WITNESS_POLICY_FILE).read_text()
        except OSError:
            return None  # the sealer says it louder
    return f"log {vkey}\nquorum none\n"
