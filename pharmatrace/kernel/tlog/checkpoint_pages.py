"""Pages of checkpoints: every tree head a log ever published, as files that stay.

Page N holds the checkpoints whose newest entry lies in tile N of level 0: those of sizes 256·N + 1 to
256·(N + 1), at most 256 of them. A page names the one before it that is not empty, so the whole history is
found from the newest checkpoint backwards, and a page never changes once a checkpoint beyond it was published.

    {"previous": 16, "checkpoints": [{"size": 4352, "signed_at": "2026-11-20T21:00:00Z", "note": "…"}]}
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pharmatrace.kernel.tlog.tiles import TILE_WIDTH, TileError, parse_tile_path, tile_path

FOLDER = "checkpoints"
_LEVEL = "tile/0/"


@dataclass(frozen=True, slots=True)
class PublishedNote:
    """`note` is the signed note with whatever cosignatures it was published with; `signed_at` as RFC 3339
    text is the log's own word and signed by nobody."""

    size: int
    signed_at: str
    note: str


@dataclass(frozen=True, slots=True)
class CheckpointPage:
    """In order of size. `previous` is the number of the page before that has any."""

    number: int
    previous: int | None
    checkpoints: Sequence[PublishedNote]


def page_of(size: int) -> int:
    """The page that the checkpoint of this size is on; sizes begin at 1."""
    return (size - 1) // TILE_WIDTH


def page_path(number: int) -> str:
    """Such as `checkpoints/x001/234`."""
    return f"{FOLDER}/{tile_path(0, number).removeprefix(_LEVEL)}"


def page_number(rest: str) -> int:
    """The page that `x001/234` names. Raises TileError for any but the one spelling."""
    tile = parse_tile_path(_LEVEL + rest)
    if not tile.is_full:
        raise TileError("a page of checkpoints has no width")
    return tile.index


def write_page(page: CheckpointPage) -> bytes:
    """The file."""
    told = [
        {"size": one.size, "signed_at": one.signed_at, "note": one.note} for one in page.checkpoints
    ]
    document = {"previous": page.previous, "checkpoints": told}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def read_page(data: bytes, number: int) -> CheckpointPage:
    """Reads page `number`; no note in it is verified. Raises TileError where it is not such a page."""
    try:
        document = json.loads(data)
        previous = document["previous"]
        told = [_read_one(one) for one in document["checkpoints"]]
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise TileError(f"page {number} of the checkpoints cannot be read ({fault!r})") from None
    sizes = [one.size for one in told]
    if sizes != sorted(set(sizes)) or any(page_of(size) != number for size in sizes):
        raise TileError(f"page {number} of the checkpoints holds sizes that are not its own")
    if previous is not None and not (type(previous) is int and 0 <= previous < number):
        raise TileError(f"page {number} of the checkpoints does not name an earlier page")
    return CheckpointPage(number, previous, told)


def _read_one(one: Any) -> PublishedNote:
    size, signed_at, note = one["size"], one["signed_at"], one["note"]
    if type(size) is not int or not isinstance(signed_at, str) or not isinstance(note, str):
        raise TypeError("a checkpoint has a size, a time and a note")
    return PublishedNote(size, signed_at, note)
