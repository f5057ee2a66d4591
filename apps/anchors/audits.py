"""The anchors' part of `manage.py audit`: the journal against the checkpoints."""

from __future__ import annotations

from collections.abc import Iterator

from apps.anchors.journal.backend import NAME, journal
from apps.anchors.models import Anchor
from apps.ledger.audits import Finding, register
from apps.ledger.models import Publication


@register("journal")
def journal_matches_checkpoints() -> Iterator[Finding]:
    """Every line is a published checkpoint of this database, and every anchored checkpoint is a line."""
    # In the reverse order of writing, so that what is sealed meanwhile is no finding.
    anchored = set(Anchor.objects.filter(backend=NAME).values_list("checkpoint_id", flat=True))
    lines = {line.size: line.note for line in journal().lines()}
    notes = {
        size: note if note.startswith(signed) else signed
        for size, note, signed in Publication.objects.values_list(
            "checkpoint_id", "note", "checkpoint__note"
        )
    }
    for size, note in lines.items():
        place = f"journal, checkpoint {size}"
        if size not in notes:
            yield Finding(place, "The database has no such checkpoint any more.")
        elif notes[size] != note:
            yield Finding(place, "The database has another checkpoint of that size.")
    for size in sorted(anchored - lines.keys()):
        yield Finding(f"journal, checkpoint {size}", "The journal has no such line any more.")
