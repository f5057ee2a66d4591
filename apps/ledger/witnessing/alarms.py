"""Alarms: a witness says that this log has another history. A person has to look (docs/witness.md).

What a witness proves with a checkpoint that our own key signed, and any larger size it says it knows, also
stops the sealer (guard): going on could only make a fork longer.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from apps.ledger.guard import Evidence
from apps.ledger.models import WitnessAlarm
from apps.ledger.shards import first_of_origin, place_of_size
from pharmatrace.kernel.tlog.checkpoint import Checkpoint

log = structlog.get_logger(__name__)
Kind = WitnessAlarm.Kind


class NoSuchAlarm(Exception):
    """There is no open alarm of this number."""


def raise_alarm(
    kind: WitnessAlarm.Kind,
    *,
    url: str,
    sentence: str,
    size: int | None,
    proven: tuple[Checkpoint, str] | None,
    at: datetime,
) -> None:
    """One open alarm of a kind for each witness; repeated in the log every time. That a witness is ahead is not
    raised again up to a size for which a person has settled it."""
    settled = WitnessAlarm.objects.filter(
        url=url, kind=kind, size__gte=size or 0, settled_at__isnull=False
    )
    if kind == Kind.AHEAD and settled.exists():
        return
    log.error("witness_alarm", url=url, kind=str(kind), size=size, sentence=sentence)
    tree, note = proven or (None, "")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_witnessalarm"
            " (url, kind, size, root, note, sentence, raised_at, settled_because)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING",
            [
                url,
                kind,
                first_of_origin(tree.origin) + tree.size if tree else size,
                tree.root if tree else None,
                note,
                sentence,
                at,
            ],
        )


def settle(number: int, *, because: str, at: datetime) -> None:
    """A person has looked, and says what it was. Raises NoSuchAlarm."""
    changed = WitnessAlarm.objects.filter(id=number, settled_at__isnull=True).update(
        settled_at=at, settled_because=because
    )
    if not changed:
        raise NoSuchAlarm(f"There is no open alarm {number}.")


def open_alarms() -> list[WitnessAlarm]:
    """Those nobody has settled, oldest first."""
    return list(WitnessAlarm.objects.filter(settled_at__isnull=True).order_by("id"))


def largest_size() -> Evidence | None:
    """Source of the guard: the largest tree that a witness says it cosigned."""
    alarm = _open().filter(kind=Kind.AHEAD).order_by("-size").first()
    return _evidence(alarm)


def proven_root() -> Evidence | None:
    """Source of the guard: the largest tree of another history that our own key has signed."""
    alarm = _open().filter(root__isnull=False).order_by("-size").first()
    return _evidence(alarm)


def _open() -> QuerySet[WitnessAlarm]:
    return WitnessAlarm.objects.filter(settled_at__isnull=True, size__isnull=False)


def _evidence(alarm: WitnessAlarm | None) -> Evidence | None:
    if alarm is None or alarm.size is None:
        return None
    root = None if alarm.root is None else bytes(alarm.root)
    source = f"The witness {alarm.url} (alarm {alarm.id}, see manage.py witnesses)"
    place = place_of_size(alarm.size)
    origin, size = place or (settings.LOG_ORIGIN, alarm.size)
    return Evidence(source, origin, size, root)
