"""The lists that can be taken along: events, alerts, refused scans, the packs of a batch, looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package
from apps.custody.selectors import as_listed
from apps.oversight import filters
from apps.oversight.exports.table import Table, onward
from apps.oversight.filters import Filter
from apps.oversight.holders import Held, held_by_container
from apps.oversight.looks import looks_of
from apps.parties.models import Membership

PACKS = 10_000  # a portion of packs: plain columns, and one question for their containers
EVENT_COLUMNS = ("Event", "Happened", "Recorded", "Who", "Where", "Other side", "Delivery", "Packages", "Event hash", "Entry")  # fmt: skip
Make = Callable[[Filter, Membership, datetime], Table]


def event_rows(narrowed: Filter) -> Iterator[CustodyEvent]:
    """Newest first, without their documents."""
    return onward(as_listed(filters.events(narrowed)).select_related("site"))


def events(narrowed: Filter, by: Membership, at: datetime) -> Table:
    def rows() -> Iterator[tuple[Any, ...]]:
        for one in event_rows(narrowed):
            entry = getattr(one.statement, "entry", None)
            yield (
                one.kind, one.occurred_at, one.recorded_at, one.doer.name,
                str(one.site) if one.site else "", one.counterparty.name if one.counterparty else "",
                one.reference.split(":")[-1], one.package_count, bytes(one.hash).hex(),
                entry.index if entry else None,
            )  # fmt: skip

    widths = (0.08, 0.12, 0.12, 0.14, 0.14, 0.13, 0.09, 0.06, 0.06, 0.06)
    return _table("events", "Events", EVENT_COLUMNS, widths, rows, narrowed.sentence, by, at)


def alerts(narrowed: Filter, by: Membership, at: datetime) -> Table:
    def rows() -> Iterator[tuple[Any, ...]]:
        for one in onward(filters.alerts(narrowed).select_related("raised_for", "closed_by")):
            yield (
                one.get_kind_display(), one.raised_at, one.raised_for.name if one.raised_for else "",
                one.package_path, one.sentence, one.closed_at,
                one.closed_by.name if one.closed_by else "", one.closing_note,
            )  # fmt: skip

    columns = ("Alert", "Raised", "Raised for", "Package", "What", "Closed", "Closed by", "Note")
    widths = (0.1, 0.11, 0.12, 0.15, 0.24, 0.11, 0.07, 0.1)
    return _table("alerts", "Alerts", columns, widths, rows, narrowed.sentence, by, at)


def refusals(narrowed: Filter, by: Membership, at: datetime) -> Table:
    def rows() -> Iterator[tuple[Any, ...]]:
        found = filters.refusals(narrowed).defer("document").select_related("actor")
        for one in onward(found):
            yield (
                one.kind,
                one.recorded_at,
                one.actor.name,
                one.package_path,
                one.code,
                one.sentence,
            )

    columns = ("What", "Recorded", "Who", "Package", "Reason", "Sentence")
    widths = (0.1, 0.12, 0.16, 0.2, 0.12, 0.3)
    return _table("refused", "Refused scans", columns, widths, rows, narrowed.sentence, by, at)


def looks(narrowed: Filter, by: Membership, at: datetime) -> Table:
    def rows() -> Iterator[tuple[Any, ...]]:
        for one in onward(looks_of(by.organisation_id).filter(narrowed.within("looked_at"))):
            yield (
                one.looked_at, one.user.name, one.get_kind_display(), one.subject,
                one.case.title if one.case else "",
            )  # fmt: skip

    columns = ("When", "Who", "What", "Which", "Case")
    widths = (0.15, 0.15, 0.2, 0.35, 0.15)
    return _table("looks", "Access log", columns, widths, rows, narrowed.sentence, by, at)


def packs_of(batch: Batch, by: Membership, at: datetime) -> Table:
    def rows() -> Iterator[tuple[Any, ...]]:
        for portion in _packs(batch.pk):
            holders = held_by_container({one.parent_id for one in portion if one.parent_id})
            for one in portion:
                held = holders.get(one.parent_id) if one.parent_id else _own(one)
                yield (
                    one.path, held.status if held else "", held.holder if held else "",
                    held.site if held else "", "yes" if one.parent_id else "", one.status_at,
                )  # fmt: skip

    said = f"batch: {batch.product} ({batch.product.gtin}), lot {batch.lot}"
    columns = ("Pack", "Status", "Held by", "Site", "In a container", "Since")
    widths = (0.3, 0.1, 0.22, 0.18, 0.08, 0.12)
    return _table("packs", "Packs of a batch", columns, widths, rows, said, by, at)


LISTS: dict[str, Make] = {"events": events, "alerts": alerts, "refused": refusals, "looks": looks}


def _packs(batch_id: UUID) -> Iterator[list[Package]]:
    last: UUID | None = None
    rows = Package.objects.filter(batch_id=batch_id).select_related("custodian", "site")
    while True:
        asked = rows if last is None else rows.filter(pk__gt=last)
        portion = list(asked.order_by("pk").defer("head")[:PACKS])
        yield portion
        if len(portion) < PACKS:
            return
        last = portion[-1].pk


def _own(one: Package) -> Held:
    custodian = one.custodian.name if one.custodian else ""
    return Held(one.status, custodian, str(one.site) if one.site else "")


def _table(
    name: str, title: str, columns: Any, widths: Any, rows: Any, said: str, by: Membership,
    at: datetime,
) -> Table:  # fmt: skip
    made_by = f"{by.user.name}, {by.organisation.name}"
    return Table(name, title, columns, widths, rows, said, made_by, at)
