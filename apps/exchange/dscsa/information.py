"""Transaction information and transaction statement of a shipment (21 USC 360eee(26) and (27)).

Only what is recorded is told. What the law lists and nobody recorded is left empty, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package
from apps.exchange.dscsa.models import TransactionStatement
from apps.exchange.dscsa.shipment import Contents, Shipment, chunks, contents_of, ids_of
from apps.parties.models import Organisation

ADDRESS = ("street", "city", "state", "postal_code")
# 21 USC 360eee(27): the entity transferring ownership in a transaction …
STATEMENTS = (
    ("A", "is authorized as required under the Drug Supply Chain Security Act;"),
    ("B", "received the product from a person that is authorized as required under the Drug Supply Chain Security Act;"),
    ("C", "received transaction information and a transaction statement from the prior owner of the product, as required under section 360eee-1;"),
    ("D", "did not knowingly ship a suspect or illegitimate product;"),
    ("E", "had systems and processes in place to comply with verification requirements under section 360eee-1;"),
    ("F", "did not knowingly provide false transaction information; and"),
    ("G", "did not knowingly alter the transaction history."),
)  # fmt: skip


@dataclass(slots=True)
class Line:
    """One product and lot: so many containers of it, each with its serial."""

    batch: Batch
    paths: list[str] = field(default_factory=list)

    @property
    def ndc(self) -> str:
        return str(self.batch.product.national_codes.get("US", ""))

    @property
    def count(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, slots=True)
class Statement:
    """`affirmed_at` is None while the sender has not affirmed all of the shipment."""

    affirmed_at: datetime | None
    affirmed_by: str


@dataclass(frozen=True, slots=True)
class TransactionInformation:
    shipment: Shipment
    contents: Contents
    lines: list[Line]
    statement: Statement

    @property
    def date(self) -> date:
        """Of the transaction: the day it was shipped on, on the clock of those who shipped it. No other
        day is recorded, so none is told as a later day of shipment."""
        return local(self.shipment.first).date()

    @property
    def containers(self) -> int:
        """Packages of product."""
        return sum(line.count for line in self.lines)

    @property
    def undescribed(self) -> int:
        """Innermost packages that are no product of a registered batch, such as an empty pallet."""
        return len(self.contents.leaves) - self.containers

    @property
    def missing(self) -> list[str]:
        """What the law lists and nobody recorded, each once, in plain words."""
        return list(dict.fromkeys(_missing(self)))


def information_on(shipment: Shipment) -> TransactionInformation:
    """Raises Refused `shipment_too_large`."""
    contents = contents_of(shipment)
    return TransactionInformation(shipment, contents, _lines(contents), statement_of(shipment))


def _lines(contents: Contents) -> list[Line]:
    of_batch: dict[object, list[str]] = {}
    for chunk in chunks(contents.leaves):
        ids = ids_of(chunk)
        found = dict(
            Package.objects.filter(id__in=ids, batch__isnull=False).values_list("id", "batch_id")
        )
        for id, path in ids.items():
            if id in found:
                of_batch.setdefault(found[id], []).append(path)
    batches = Batch.objects.select_related("product__manufacturer").in_bulk(list(of_batch))
    lines = [Line(batches[id], paths) for id, paths in of_batch.items()]
    return sorted(lines, key=lambda line: (line.batch.product.name, line.batch.lot))


def statement_of(shipment: Shipment) -> Statement:
    rows = TransactionStatement.objects.filter(
        event_id__in=[event.pk for event in shipment.events]
    ).select_related("affirmed_by")
    affirmed = list(rows.order_by("affirmed_at"))
    if len(affirmed) < len(shipment.events):
        return Statement(None, "")
    last = affirmed[-1]
    return Statement(last.affirmed_at, last.affirmed_by.name if last.affirmed_by else "")


def address_of(organisation: Organisation) -> str:
    """One line; empty where nothing but the country is known."""
    parts = [getattr(organisation, name) for name in ADDRESS]
    return ", ".join([*filter(None, parts), organisation.country]) if any(parts) else ""


def local(event: CustodyEvent) -> datetime:
    """When it happened, as the clock of those who recorded it showed it."""
    shown = datetime.strptime(event.document.get("eventTimeZoneOffset", "+00:00"), "%z")
    return event.occurred_at.astimezone(shown.tzinfo)


def _missing(told: TransactionInformation) -> Iterator[str]:
    for organisation in (told.shipment.sender, told.shipment.receiver):
        if not organisation.street or not organisation.city:
            yield f"the address of {organisation.name}"
    for line in told.lines:
        product = line.batch.product
        for what, text in (
            ("the National Drug Code", line.ndc), ("the strength", product.strength),
            ("the dosage form", product.form), ("the container size", product.pack_size),
        ):  # fmt: skip
            if not text:
                yield f"{what} of {product.name}"
