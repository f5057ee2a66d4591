"""The journal as an anchor and as a source of the guard."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.anchors.journal.file import Journal, Line
from apps.anchors.models import Anchor
from apps.ledger.guard import Evidence
from apps.ledger.models import Checkpoint

NAME = "journal"


def journal() -> Journal:
    return Journal(Path(settings.JOURNAL_FILE))


def anchor(checkpoint: Checkpoint, *, at: datetime) -> Anchor:
    """Writes the checkpoint into the journal, then says so in a row. Both steps may be repeated."""
    journal().append(
        Line(checkpoint.size, bytes(checkpoint.root), checkpoint.note, checkpoint.signed_at)
    )
    receipt: dict[str, Any] = {"file": str(settings.JOURNAL_FILE)}
    row, _ = Anchor.objects.get_or_create(
        checkpoint=checkpoint,
        backend=NAME,
        defaults={"receipt": receipt, "anchored_at": at},
    )
    return row


def evidence() -> Evidence | None:
    """The largest tree in the journal, for the guard. Raises JournalDamaged."""
    line = journal().largest()
    if line is None:
        return None
    return Evidence(f"The journal {settings.JOURNAL_FILE}", line.origin, line.size, line.root)
