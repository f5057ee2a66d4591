"""What a list is narrowed to, read from an address. The same for the page and for its exports, and said in both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.custody.models import CustodyEvent, RefusedEvent
from apps.parties.models import Organisation
from apps.safety.models import Alert


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty fields narrow nothing. `since` and `until` are days in UTC, both included."""

    kind: str = ""
    state: str = ""
    organisation: Organisation | None = None
    since: date | None = None
    until: date | None = None

    @property
    def words(self) -> list[tuple[str, str]]:
        """What is narrowed, as (field, value), for people."""
        told = [
            ("kind", self.kind.replace("_", " ")),
            ("state", self.state),
            ("organisation", f"{self.organisation} ({self.organisation.gln})" if self.organisation else ""),
            ("from", self.since.isoformat() if self.since else ""),
            ("to", self.until.isoformat() if self.until else ""),
        ]  # fmt: skip
        return [(word, value) for word, value in told if value]

    @property
    def sentence(self) -> str:
        return "; ".join(f"{word}: {value}" for word, value in self.words) or "everything"

    def within(self, field: str) -> Q:
        """The days, as a question to a time."""
        asked = Q()
        if self.since:
            asked &= Q(**{f"{field}__gte": _midnight(self.since)})
        if self.until:
            asked &= Q(**{f"{field}__lt": _midnight(self.until) + timedelta(days=1)})
        return asked


def read_filter(given: Mapping[str, str]) -> Filter:
    """From `kind`, `state`, `organisation` (id), `since`, `until`; what makes no sense is as if it were not there."""
    return Filter(
        kind=_word(given.get("kind", "")),
        state=_word(given.get("state", "")),
        organisation=_organisation(given.get("organisation", "")),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )


def events(narrowed: Filter) -> QuerySet[CustodyEvent]:
    rows = CustodyEvent.objects.filter(narrowed.within("recorded_at"))
    if narrowed.kind:
        rows = rows.filter(kind=narrowed.kind)
    if narrowed.organisation:
        mine = Q(actor=narrowed.organisation) | Q(reporter=narrowed.organisation)
        rows = rows.filter(mine | Q(counterparty=narrowed.organisation))
    return rows


def alerts(narrowed: Filter) -> QuerySet[Alert]:
    rows = Alert.objects.filter(narrowed.within("raised_at"))
    if narrowed.kind:
        rows = rows.filter(kind=narrowed.kind)
    if narrowed.state in ("open", "closed"):
        rows = rows.filter(closed_at__isnull=narrowed.state == "open")
    return rows.filter(raised_for=narrowed.organisation) if narrowed.organisation else rows


def refusals(narrowed: Filter) -> QuerySet[RefusedEvent]:
    rows = RefusedEvent.objects.filter(narrowed.within("recorded_at"))
    if narrowed.kind:
        rows = rows.filter(kind=narrowed.kind)
    return rows.filter(actor=narrowed.organisation) if narrowed.organisation else rows


def _word(text: str) -> str:
    return text if text.isascii() and text.replace("_", "").isalpha() and len(text) <= 20 else ""


def _organisation(text: str) -> Organisation | None:
    try:
        return Organisation.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def _day(text: str) -> date | None:
    """Years that a calendar of medicines needs; others could not be compared with a day more."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 9000 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
