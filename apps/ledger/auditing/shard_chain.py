"""The shards: each begins where the one before ended, with a genesis that commits to its final checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import cbor2
from django.db import connection

from apps.ledger.audits import Finding, register
from apps.ledger.models import Checkpoint, Head, Statement
from apps.ledger.shards import Span, shards
from pharmatrace.kernel.evidence.statement import EntryType


@register("shards")
def shards_follow_one_another() -> Iterator[Finding]:
    """The genesis of each says what the rows say, and nothing belongs to a shard that is not there. That what it says
    was signed is checked with all statements, that the trees are whole with the tree."""
    spans, head = shards(), Head.objects.first()
    if head is None:
        return
    if not spans or (head.first, head.origin) != (spans[-1].first, spans[-1].origin):
        yield Finding("head", "It is not in the newest of the shards.")
    for old, new in pairwise(spans):
        yield from _goes_on(old, new)
    yield from _strays()


def _goes_on(old: Span, new: Span) -> Iterator[Finding]:
    place = f"shard {new.name}"
    final = Checkpoint.objects.filter(size=new.first, publication__isnull=False).first()
    genesis = Statement.objects.filter(entry__index=new.first, type=EntryType.GENESIS).first()
    if final is None:
        yield Finding(place, "The final checkpoint of the shard before it was not published.")
        return
    if genesis is None:
        yield Finding(place, f"Entry {new.first} is no genesis.")
        return
    try:
        told: dict[str, Any] = dict(cbor2.loads(bytes(genesis.facts)))
    except Exception:  # any damage; the check of statements names it
        told = {}
    expected = {
        "origin": new.origin,
        "predecessor": old.origin,
        "predecessor_size": new.first - old.first,
        "predecessor_root": bytes(final.root),
        "first": new.first,
    }
    for name, value in expected.items():
        if told.get(name) != value:
            yield Finding(
                place, f"Its genesis says {name} {told.get(name)!r}; the rows say {value!r}."
            )


def _strays() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT c.size FROM ledger_checkpoint c WHERE c."first" IS DISTINCT FROM'
            ' (SELECT max(s."first") FROM ledger_shard s WHERE s."first" < c.size) ORDER BY c.size LIMIT 100'
        )
        for (size,) in cursor.fetchall():
            yield Finding(f"checkpoint {size}", "It is counted in a shard that it is not of.")
        cursor.execute(
            'SELECT DISTINCT "first" FROM ledger_tile t WHERE NOT EXISTS'
            ' (SELECT FROM ledger_shard s WHERE s."first" = t."first") LIMIT 100'
        )
        for (first,) in cursor.fetchall():
            yield Finding(f"tiles from entry {first}", "They are of no shard of this log.")
