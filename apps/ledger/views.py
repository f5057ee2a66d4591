"""The public files of the log, byte for byte as C2SP tlog-tiles has them. No cookie, no session, no account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.ledger.models import Entry
from apps.ledger.selectors import latest_checkpoint, log_verifier, published_size
from apps.ledger.tiles import read_entries, read_tiles
from pharmatrace.kernel.tlog.tiles import ENTRIES, Tile, TileError, parse_tile_path, partial_width

FOR_EVER = "public, max-age=31536000, immutable"
A_MOMENT = "public, max-age=2"


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest published checkpoint; 404 before the log was opened."""
    newest = latest_checkpoint()
    if newest is None:
        return _absent("This log has no checkpoint yet.")
    return _public(newest.note.encode(), "text/plain; charset=utf-8", A_MOMENT)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The verifier key of the log, to pin; 404 before the log was opened."""
    try:
        vkey = log_verifier().vkey()
    except Entry.DoesNotExist:
        return _absent("This log has no key yet.")
    return _public(f"{vkey}\n".encode(), "text/plain; charset=utf-8", A_MOMENT)


@require_safe
def tile(request: HttpRequest, rest: str) -> HttpResponse:
    """A tile or a bundle of entries, full or partial, as far as the newest checkpoint reaches."""
    try:
        wanted = parse_tile_path(f"tile/{rest}")
    except TileError as wrong:
        return _absent(f"{wrong}.")
    level = 0 if wanted.level == ENTRIES else int(wanted.level)
    if partial_width(level, wanted.index, published_size()) < wanted.width:
        return _absent("The published log does not reach that far.")
    return _public(_read(wanted), "application/octet-stream", FOR_EVER)


def _read(wanted: Tile) -> bytes:
    if wanted.level == ENTRIES:
        return read_entries(wanted.index, wanted.width)
    return read_tiles([wanted])[wanted]


def _public(content: bytes, content_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _absent(sentence: str) -> HttpResponse:
    response = HttpResponse(sentence + "\n", status=404, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response
