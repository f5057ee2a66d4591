"""From what a document says about organisations, sites and products to proposals; nothing is overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db import transaction

from apps.exchange.master_data.differing import Records, differences
from apps.exchange.master_data.keeping import AT_ONCE, keep
from apps.exchange.master_data.models import Proposal
from apps.exchange.master_data.reading import Told
from pharmatrace.kernel.epcis.master_data import Thing, plain_text, things_in
from pharmatrace.kernel.gs1.normal_form import normal_uri

MOST_ELEMENTS = 10_000  # of one document; what is beyond is counted and said
State = Proposal.State
_Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Proposed:
    """How many elements were kept, how many things differ from our records (proposals that wait for a
    decision now), and how many elements were left off."""

    elements: int = 0
    proposals: int = 0
    left_off: int = 0


@transaction.atomic
def propose(
    *, organisation_id: UUID, told: Told, source: str, job_id: UUID | None, at: datetime
) -> Proposed:
    """Keeps what `told` says for the organisation that received it, and proposes what differs from our
    records. The same proposal of the same sender stays one row, whatever was decided about it; other values
    of the same sender supersede those still open. `source` names the file or message.

    Costs a dozen queries for a thousand elements.
    """
    things = list(islice(things_in(told.lists), MOST_ELEMENTS))
    kept = keep(things, organisation_id=organisation_id, at=at)
    sender = normal_uri(plain_text(told.sender))[:200]
    waiting = 0
    described = list(_described(things).items())
    for first in range(0, len(described), AT_ONCE):
        wanted = _differing(described[first : first + AT_ONCE])
        rows = [
            Proposal(
                organisation_id=organisation_id, kind=kind, key=key, values=values,
                digest=_digest(values), sender=sender, source=source[:200], job_id=job_id,
                first_seen_at=at, last_seen_at=at,
            )
            for (kind, key), values in sorted(wanted.items())
        ]  # fmt: skip
        waiting += _store(rows, organisation_id=organisation_id, sender=sender)
    return Proposed(elements=kept, proposals=waiting, left_off=told.elements - kept)


def _described(things: Iterable[Thing]) -> dict[tuple[str, str], _Values]:
    """By kernel kind and key; where several lists describe one thing, the first word on a field counts."""
    found: dict[tuple[str, str], _Values] = {}
    for thing in things:
        if thing.values:
            values = found.setdefault((thing.kind, thing.key), {})
            for name, text in thing.values.items():
                values.setdefault(name, text)
    return found


def _differing(
    described: Sequence[tuple[tuple[str, str], Mapping[str, str]]],
) -> dict[tuple[str, str], _Values]:
    """Those that would change a record or make a new one, by our kind and key."""
    records = Records.under(key for (_, key), _ in described)
    wanted: dict[tuple[str, str], _Values] = {}
    for (said, key), values in described:
        kind = _kind(said, key, records)
        if differences(kind, values, records.record(kind, key)):
            wanted.setdefault((kind, key), {}).update(values)
    return wanted


def _kind(said: str, key: str, records: Records) -> str:
    """A GLN that we know as an organisation's and not as a site's is the organisation's, though EPCIS lists
    it among the locations."""
    if said == "product":
        return Proposal.Kind.PRODUCT
    of_party = key in records.organisations and key not in records.sites
    return Proposal.Kind.ORGANISATION if said == "party" or of_party else Proposal.Kind.SITE


def _digest(values: Mapping[str, str]) -> bytes:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).digest()


def _store(rows: list[Proposal], *, organisation_id: UUID, sender: str) -> int:
    """Writes what is new, notes what was seen again; returns how many of `rows` wait for a decision."""
    if not rows:
        return 0
    at, job_id, source = rows[0].last_seen_at, rows[0].job_id, rows[0].source
    mine = Proposal.objects.filter(organisation_id=organisation_id, sender=sender)
    known: dict[tuple[str, str], list[Proposal]] = {}
    # Locked in the order of their ids: two documents of one sender at once follow each other.
    for one in (
        mine.filter(kind__in=Proposal.Kind.values, key__in={row.key for row in rows})
        .select_for_update(no_key=True)
        .order_by("id")
    ):
        known.setdefault((one.kind, one.key), []).append(one)
    new, again, outdated, waiting = [], [], [], 0
    for row in rows:
        before = known.get((row.kind, row.key), [])
        same = next((one for one in before if one.digest == row.digest), None)
        if same is None:
            new.append(row)
        else:
            again.append(same.pk)
        if same is None or same.state in (State.OPEN, State.SUPERSEDED):
            waiting += 1
            outdated += [one.pk for one in before if one is not same and one.state == State.OPEN]
    mine.filter(pk__in=outdated).update(state=State.SUPERSEDED)
    mine.filter(pk__in=again, state=State.SUPERSEDED).update(state=State.OPEN)
    mine.filter(pk__in=again).update(last_seen_at=at, job_id=job_id, source=source)
    Proposal.objects.bulk_create(new, ignore_conflicts=True)
    return waiting
