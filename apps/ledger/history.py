"""Every checkpoint that was published, page by page (kernel.tlog.checkpoint_pages)."""

from __future__ import annotations

from datetime import UTC

from apps.ledger.models import Checkpoint
from apps.ledger.selectors import published_between, published_size
from pharmatrace.kernel.tlog.checkpoint_pages import CheckpointPage, PublishedNote, page_of
from pharmatrace.kernel.tlog.tiles import TILE_WIDTH


def history_page(number: int, *, up_to: int, first: int = 0) -> CheckpointPage | None:
    """Page `number` of the shard that begins at `first`, as far as the checkpoint of `up_to` entries; None where it is
    empty. Two queries."""
    start = first + number * TILE_WIDTH
    notes = [_told(one) for one in published_between(start, min(start + TILE_WIDTH, up_to))]
    if not notes:
        return None
    before = published_size(up_to=start)
    return CheckpointPage(number, page_of(before - first) if before > first else None, notes)


def is_complete(number: int, published: int, *, first: int = 0) -> bool:
    """Whether page `number` can change no more, now that `published` entries are covered."""
    return page_of(published - first) > number if published > first else False


def _told(checkpoint: Checkpoint) -> PublishedNote:
    signed_at = checkpoint.signed_at.astimezone(UTC).isoformat(timespec="milliseconds")
    return PublishedNote(checkpoint.tree_size, signed_at.replace("+00:00", "Z"), checkpoint.note)
