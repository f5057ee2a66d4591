"""Every checkpoint that was published, page by page (kernel.tlog.checkpoint_pages)."""

from __future__ import annotations

from datetime import UTC

from apps.ledger.models import Checkpoint
from pharmatrace.kernel.tlog.checkpoint_pages import CheckpointPage, PublishedNote, page_of
from pharmatrace.kernel.tlog.tiles import TILE_WIDTH


def history_page(number: int, *, up_to: int) -> CheckpointPage | None:
    """Page `number` as far as the checkpoint of `up_to` entries; None where it is empty. Two queries."""
    start = number * TILE_WIDTH
    found = Checkpoint.objects.filter(size__gt=start, size__lte=min(start + TILE_WIDTH, up_to))
    notes = [_told(checkpoint) for checkpoint in found.order_by("size")]
    if not notes:
        return None
    return CheckpointPage(number, _page_before(start), notes)


def is_complete(number: int, published: int) -> bool:
    """Whether page `number` can change no more, now that `published` entries are covered."""
    return page_of(published) > number if published else False


def _page_before(size: int) -> int | None:
    before = Checkpoint.objects.filter(size__lte=size, size__gt=0).order_by("-size")
    newest = before.values_list("size", flat=True).first()
    return None if newest is None else page_of(newest)


def _told(checkpoint: Checkpoint) -> PublishedNote:
    signed_at = checkpoint.signed_at.astimezone(UTC).isoformat(timespec="milliseconds")
    return PublishedNote(checkpoint.size, signed_at.replace("+00:00", "Z"), checkpoint.note)
