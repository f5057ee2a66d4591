"""The anchors' part of `manage.py audit`: the journal against the checkpoints, and what others gave us."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from apps.anchors.journal.backend import NAME, journal
from apps.anchors.models import Anchor
from apps.anchors.rfc3161.authorities import read_authorities
from apps.anchors.showing import shown
from apps.ledger.audits import Finding, register
from apps.ledger.log_keys import log_keys
from apps.ledger.models import Entry, Publication
from apps.ledger.shards import shards
from pharmatrace.kernel.evidence.anchor_checks import outside
from pharmatrace.kernel.evidence.anchor_stamped import AnchorError, Unconfirmed
from pharmatrace.kernel.evidence.anchor_trust import AnchorTrust
from pharmatrace.kernel.tlog.checkpoint import CheckpointError, parse_checkpoint
from pharmatrace.kernel.tlog.note import NoteError, split_note


@register("journal")
def journal_matches_checkpoints() -> Iterator[Finding]:
    """Every line is a published checkpoint of this database, and every anchored checkpoint is a line."""
    # In the reverse order of writing, so that what is sealed meanwhile is no finding.
    anchored = set(Anchor.objects.filter(backend=NAME).values_list("checkpoint_id", flat=True))
    lines = {line.reach: line.note for line in journal().lines()}
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


@register("anchors")
def stored_anchors_hold() -> Iterator[Finding]:
    """Every token and proof is over its checkpoint, tokens under the roots that are configured now. What only a
    reader's own node could confirm is no finding."""
    roots = [root for one in read_authorities(settings.ANCHOR_RFC3161) for root in one.roots]
    trust = AnchorTrust(tsa_roots=tuple(roots))
    try:
        keys = {one.first: log_keys(first=one.first) for one in shards()}
    except Entry.DoesNotExist:
        return
    rows = Anchor.objects.exclude(backend=NAME).select_related("checkpoint")
    for row in rows.order_by("checkpoint_id").iterator(chunk_size=200):
        place = f"anchor {row.backend} {row.target}".rstrip() + f", checkpoint {row.checkpoint_id}"
        try:
            head = parse_checkpoint(split_note(row.checkpoint.note)[0])
            outside(shown(row, ()), head, keys[row.checkpoint.first].at(head.size), trust)
        except Unconfirmed:
            continue
        except (AnchorError, NoteError, CheckpointError, KeyError) as fault:
            yield Finding(place, f"It does not hold any more: {fault}.")
