"""The public pages of anchors, below the log's prefix: for anybody, from any page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from apps.anchors.pages import file_of, newest_size, page_of
from apps.ledger.answering import A_MOMENT, FOR_EVER, absent, of_shard, open_to_all, public
from apps.ledger.selectors import published_size
from pharmatrace.kernel.evidence.anchor_page import write_page

JSON = "application/json"
TYPES = {"tsr": "application/timestamp-reply", "ots": "application/vnd.opentimestamps.ots"}


@open_to_all
@of_shard
def newest(request: HttpRequest, first: int = 0) -> HttpResponse:
    """The page of the largest checkpoint that is anchored; 404 where none is."""
    size = newest_size(up_to=published_size(first=first), first=first)
    return absent("No checkpoint is anchored yet.") if size is None else _page(size, first)


@open_to_all
@of_shard
def anchors(request: HttpRequest, size: int, first: int = 0) -> HttpResponse:
    """The anchors of one published checkpoint; the list may be empty, and may grow."""
    return _page(first + int(size), first)


@open_to_all
@of_shard
def proof(
    request: HttpRequest, size: int, digest: str, ending: str, first: int = 0
) -> HttpResponse:
    """A token or proof, as it was received."""
    found = file_of(first + int(size), f"{size}-{digest}.{ending}")
    if found is None:
        return absent("There is no such token or proof.")
    response = public(found, TYPES[ending], FOR_EVER)
    response["Content-Disposition"] = f'attachment; filename="{size}-{digest}.{ending}"'
    return response


def _page(size: int, first: int) -> HttpResponse:
    page = page_of(size, first=first)
    if page is None:
        return absent("No checkpoint of this size was published.")
    return public(write_page(page), JSON, A_MOMENT)
