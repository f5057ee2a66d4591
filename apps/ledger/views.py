"""The public files of the log, byte for byte as C2SP tlog-tiles has them, and where checkpoints were before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import quote_etag
from django.views.decorators.http import etag

from apps.ledger.answering import (
    A_MOMENT,
    FOR_EVER,
    OCTETS,
    TEXT,
    absent,
    compressed,
    of_shard,
    open_to_all,
    public,
)
from apps.ledger.describing import log_description
from apps.ledger.history import history_page, is_complete
from apps.ledger.key_page import key_page
from apps.ledger.log_keys import log_verifier
from apps.ledger.models import Entry
from apps.ledger.selectors import latest_checkpoint, published_size
from apps.ledger.tiles import read_entries, read_tiles
from pharmatrace.kernel.tlog.checkpoint_pages import page_number, write_page
from pharmatrace.kernel.tlog.tiles import ENTRIES, Tile, TileError, parse_tile_path, partial_width

JSON = "application/json"


def _size_tag(request: HttpRequest, first: int = 0) -> str | None:
    size = published_size(first=first)
    return quote_etag(str(size - first)) if size else None


@open_to_all
@of_shard
@etag(_size_tag)
def checkpoint(request: HttpRequest, first: int = 0) -> HttpResponse:
    """The newest published checkpoint; 404 before the log was opened."""
    newest = latest_checkpoint(first=first)
    if newest is None:
        return absent("This log has no checkpoint yet.")
    return public(newest.note.encode(), TEXT, A_MOMENT)


@open_to_all
@of_shard
def key(request: HttpRequest, first: int = 0) -> HttpResponse:
    """The verifier key of the log, to pin; 404 before the log was opened."""
    try:
        vkey = log_verifier(published_size(first=first) or first + 1).vkey()
    except Entry.DoesNotExist:
        return absent("This log has no key yet.")
    return public(f"{vkey}\n".encode(), TEXT, A_MOMENT)


@open_to_all
@of_shard
def keys(request: HttpRequest, first: int = 0) -> HttpResponse:
    """All keys of the log, and how each was named by the one before: for whoever pinned an older one."""
    page = key_page(first=first)
    if page is None:
        return absent("This log has no key yet.")
    return public(page, JSON, A_MOMENT)


@open_to_all
@of_shard
def tile(request: HttpRequest, rest: str, first: int = 0) -> HttpResponse:
    """A tile or a bundle of entries, full or partial, as far as the newest checkpoint reaches."""
    try:
        wanted = parse_tile_path(f"tile/{rest}")
    except TileError as fault:
        return absent(f"{fault}.")
    level = 0 if wanted.level == ENTRIES else int(wanted.level)
    if (
        partial_width(level, wanted.index, max(published_size(first=first) - first, 0))
        < wanted.width
    ):
        return absent("The published log does not reach that far.")
    response = public(_read(wanted, first), OCTETS, FOR_EVER)
    return compressed(request, response) if wanted.level == ENTRIES else response


def _read(wanted: Tile, first: int) -> bytes:
    if wanted.level == ENTRIES:
        return read_entries(wanted.index, wanted.width, first=first)
    return read_tiles([wanted], first=first)[wanted]


@open_to_all
@of_shard
def checkpoints(request: HttpRequest, rest: str, first: int = 0) -> HttpResponse:
    """The published checkpoints whose newest entry is in tile N, and where the ones before are."""
    try:
        number = page_number(rest)
    except TileError as fault:
        return absent(f"{fault}.")
    published = published_size(first=first)
    page = history_page(number, up_to=published, first=first)
    if page is None:
        return absent("No checkpoint was published there.")
    caching = FOR_EVER if is_complete(number, published, first=first) else A_MOMENT
    return public(write_page(page), JSON, caching)


@open_to_all
@of_shard
def description(request: HttpRequest, first: int = 0) -> HttpResponse:
    """What a client has to know of this log: `/.well-known/pharmatrace/log.json`."""
    told = log_description(first=first)
    if told is None:
        return absent("This log was not opened yet.")
    return public(told, JSON, A_MOMENT)
