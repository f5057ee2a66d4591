"""Every checkpoint that was published, page by page (kernel.tlog.checkpoint_pages)."""

from __future__ import annotations

from datetime import UTC

from apps.ledger.models import Checkpoint
from apps.ledger.selectors import published_between, published_size
from pharmatrace.kernel.tlog.checkpoint_pages import CheckpointPage, PublishedNote, page_of
from pharmatrace.kernel.tlog.tiles import TILE_WIDTH


def history_page(number: int, *, up_to: int) -> CheckpointPage | None:
    """Page `number` as far as the checkpoint of `up_to` entries; None where it is empty. Two queries."""
    start = number * TILE_WIDTH
    notes = [_told(one) for one in published_between(start, min(start + TILE_WIDTH, up_to))]
    if not notes:
        return None
    before = published_size(up_to=start)
    return CheckpointPage(number, page_of(before) if before else None, notes)


def is_complete(number: int, published: int) -> bool:
    """Whether page `number` can change no more, now that `published` entries are covered."""
    return page_of(published) > number if published else False


def _told(checkpoint: Checkpoint) -> PublishedNote:
    signed_at = checkpoint.signed_at.astimezone(UTC).isoformat(timespec="milliseconds")
    return PublishedNote(checkpoint.size, signed_at.replace("+00:00", "Z"), checkpoint.note)
