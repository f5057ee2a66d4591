"""The journal as an anchor and as a source of the guard."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.anchors.journal.file import Journal, JournalUnwritable, Line
from apps.anchors.models import Anchor
from apps.ledger.guard import Evidence
from apps.ledger.models import Checkpoint
from apps.ledger.selectors import latest_checkpoint

NAME = "journal"


def journal() -> Journal:
    return Journal(Path(settings.JOURNAL_FILE))


def anchor(checkpoint: Checkpoint, *, at: datetime) -> Anchor:
    """Writes the checkpoint into the journal, then says so in a row. Both steps may be repeated."""
    journal().append(
        Line(
            checkpoint.tree_size,
            bytes(checkpoint.root),
            checkpoint.note,
            checkpoint.signed_at,
            checkpoint.first,
        )
    )
    # Which journal, because machines may each have one.
    receipt: dict[str, Any] = {
        "file": str(settings.JOURNAL_FILE),
        "journal": journal().identity(),
    }
    row, _ = Anchor.objects.get_or_create(
        checkpoint=checkpoint,
        backend=NAME,
        defaults={"receipt": receipt, "anchored_at": at},
    )
    return row


def keep_up(at: datetime) -> None:
    """Makes sure that the newest published checkpoint is in this machine's journal; the sealer asks before
    it seals. Raises JournalUnwritable, JournalDamaged."""
    newest = latest_checkpoint()
    if newest is None:
        return
    try:
        anchor(newest, at=at)
    except OSError as error:
        raise JournalUnwritable(
            f"{settings.JOURNAL_FILE}: the checkpoint of {newest.size} entries cannot be written ({error})."
            " Nothing is sealed until it is: with a journal that fell behind, a restored backup would pass"
            " unseen. Make room on the disk, or let this account write the file."
        ) from error


def evidence() -> Evidence | None:
    """The largest tree in the journal, for the guard. Raises JournalDamaged."""
    line = journal().largest()
    if line is None:
        return None
    return Evidence(f"The journal {settings.JOURNAL_FILE}", line.origin, line.size, line.root)
