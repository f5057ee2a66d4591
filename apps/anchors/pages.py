"""The public pages of anchors, for the web and for the static export. The journal is the operator's own: not shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from apps.anchors.models import Anchor
from apps.anchors.showing import RECORD
from apps.ledger.selectors import checkpoint_of
from pharmatrace.kernel.evidence.anchor_forms import EvmRecord
from pharmatrace.kernel.evidence.anchor_page import (
    NEWEST,
    AnchorPage,
    Shown,
    page_path,
    read_page,
    write_page,
)
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError

OUTSIDE = Anchor.objects.exclude(backend="journal")
ENDINGS = {"rfc3161": "tsr", "opentimestamps": "ots"}
OVERLAP = timedelta(minutes=10)  # longer than a row takes from its time to its commit


def newest_size(*, up_to: int, first: int = 0) -> int | None:
    """The largest anchored size of the shard that begins at `first`."""
    rows = OUTSIDE.filter(checkpoint_id__lte=up_to, checkpoint_id__gt=first).order_by(
        "-checkpoint_id"
    )
    return rows.values_list("checkpoint_id", flat=True).first()


def page_of(size: int, *, first: int = 0) -> AnchorPage | None:
    """None where there is no such published checkpoint of the shard that begins at `first`. Three queries."""
    checkpoint = checkpoint_of(size)
    if checkpoint is None or checkpoint.first != first:
        return None
    rows = OUTSIDE.filter(checkpoint_id=size).order_by("backend", "target")
    before = newest_size(up_to=size - 1, first=first)
    return AnchorPage(
        size - first,
        checkpoint.note,
        None if before is None else before - first,
        tuple(_shown(row, first) for row in rows),
    )


def file_of(size: int, name: str) -> bytes | None:
    """The token or proof of that name."""
    rows = OUTSIDE.filter(checkpoint_id=size, proof__isnull=False)
    for row in rows.select_related("checkpoint"):
        if _file_name(row, row.checkpoint.first) == name:
            return bytes(row.proof or b"")
    return None


def export_pages(
    read: Callable[[str], bytes | None], *, size: int, first: int = 0
) -> Iterator[tuple[str, bytes]]:
    """Files and pages that are new or changed at a target that `read` reads, up to a checkpoint of `size`.

    A page changes when a further anchor comes, perhaps days later, and so may the page after it, which names it.
    """
    newest = newest_size(up_to=size, first=first)
    if newest is None:
        return
    rows = OUTSIDE.filter(
        checkpoint_id__lte=size,
        checkpoint_id__gt=first,
        anchored_at__gt=_seen(read) - OVERLAP,
    )
    changed: set[int] = set()
    for row in rows.order_by("checkpoint_id").iterator(chunk_size=200):
        changed.add(row.checkpoint_id)
        if row.proof is not None and read(f"anchors/{_file_name(row, first)}") is None:
            yield f"anchors/{_file_name(row, first)}", bytes(row.proof)
    for one in sorted(changed | _after(changed, size)):
        yield from _if_changed(read, page_path(one - first), one, first)
    yield from _if_changed(read, NEWEST, newest, first)


def _after(sizes: set[int], up_to: int) -> set[int]:
    """The anchored size after each."""
    found = set()
    for size in sizes:
        rows = OUTSIDE.filter(checkpoint_id__gt=size, checkpoint_id__lte=up_to)
        after = rows.order_by("checkpoint_id").values_list("checkpoint_id", flat=True).first()
        if after is not None:
            found.add(after)
    return found


def _if_changed(
    read: Callable[[str], bytes | None], path: str, size: int, first: int
) -> Iterator[tuple[str, bytes]]:
    page = page_of(size, first=first)
    if page is not None and read(path) != (content := write_page(page)):
        yield path, content


def _seen(read: Callable[[str], bytes | None]) -> datetime:
    """When the newest anchor at the target was made; long ago where there is none, or it cannot be read."""
    try:
        page = read_page(read(NEWEST) or b"")
        return max(datetime.fromisoformat(one.at) for one in page.anchors)
    except (AnchorError, ValueError):
        return datetime(2000, 1, 1, tzinfo=UTC)


def _shown(row: Anchor, first: int) -> Shown:
    record = None
    if row.backend == "evm":
        record = EvmRecord(**{name: row.receipt[name] for name in RECORD})
    return Shown(
        kind=row.backend,
        by=row.target or ", ".join(_calendars(row)),
        at=row.anchored_at.isoformat(),
        file=_file_name(row, first) if row.proof is not None else None,
        record=record,
    )


def _calendars(row: Anchor) -> Sequence[str]:
    return [f"Bitcoin block {height}" for height in row.receipt.get("blocks", [])]


def _file_name(row: Anchor, first: int) -> str:
    digest = sha256(bytes(row.proof or b"")).hexdigest()[:16]
    return f"{row.checkpoint_id - first}-{digest}.{ENDINGS[row.backend]}"
