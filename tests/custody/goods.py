"""Goods for the cast to move: a batch of Mia's and shorthand for the events they record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from apps.catalog.models import Batch
from apps.catalog.services import register_batch, register_product
from apps.custody.models import CustodyEvent, Package
from apps.custody.outcomes import CaptureResult
from apps.custody.selectors import find
from apps.custody.services import capture
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.epcis.parts import ErrorDeclaration
from pharmatrace.kernel.gs1.identifiers import sgtin_path

GTIN, LOT, EXPIRY = "09521234543213", "L1", date(2027, 10, 31)
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
CASE, CASE_2, PALLET = (
    RESOLVER + "00/" + sscc
    for sscc in ("095212340000000013", "095212340000000020", "095212340000000037")
)


def uri(serial: str) -> str:
    return RESOLVER + sgtin_path(GTIN, serial)


def uris(count: int) -> list[str]:
    return [uri(f"S{n}") for n in range(count)]


def batch_of(mia: Any, *, quantity: int = 10_000, lot: str = LOT, expiry: date = EXPIRY) -> Batch:
    from apps.catalog.models import Product

    product = Product.objects.filter(gtin=GTIN).first() or register_product(
        actor=mia.actor, gtin=GTIN, name="Examplin", strength="40 mg", form="tablet",
        pack_size="30", national_codes={}, market="PT", at=START,
    )  # fmt: skip
    return register_batch(
        actor=mia.actor, product=product, lot=lot, expiry=expiry, quantity=quantity,
        site=mia.site, at=START,
    )  # fmt: skip


@dataclass
class Goods:
    """Records events one hour apart; every verb returns what `capture` said."""

    now: datetime = START

    def record(self, who: Any, *events: Any, mode: Any = "rollback") -> CaptureResult:
        return capture(actor=who.actor, events=list(events), at=self.now, mode=mode)

    def declare(
        self, who: Any, event: Any, *, reason: str | None = "did_not_occur", **more: Any
    ) -> CaptureResult:
        """`who` says that `event`, recorded before, was wrong."""
        return self.record(who, wrong(event, at=self.tick(), reason=reason, **more))

    def tick(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now

    def commission(self, who: Any, epcs: list[str], lot: str = LOT) -> CaptureResult:
        event = acts.commission(epcs, lot=lot, expiry=EXPIRY, site_gln=who.site.gln, at=self.tick())
        return self.record(who, event)

    def pack(self, who: Any, parent: str, children: list[str]) -> CaptureResult:
        return self.record(who, acts.pack(parent, children, site_gln=who.site.gln, at=self.tick()))

    def unpack(self, who: Any, parent: str, children: list[str]) -> CaptureResult:
        event = acts.unpack(parent, children, site_gln=who.site.gln, at=self.tick())
        return self.record(who, event)

    def ship(self, who: Any, epcs: list[str], to: Any, **how: Any) -> CaptureResult:
        return self.record(who, self.shipment(who, epcs, to, **how))

    def shipment(self, who: Any, epcs: list[str], to: Any, **how: Any) -> Any:
        return acts.ship(
            epcs, sender_gln=who.organisation.gln, consignee_gln=to.organisation.gln,
            reference="D1", site_gln=who.site.gln, at=self.tick(), **how,
        )  # fmt: skip

    def receive(self, who: Any, epcs: list[str], of: Any, **how: Any) -> CaptureResult:
        event = acts.receive(
            epcs, sender_gln=of.organisation.gln, consignee_gln=who.organisation.gln,
            reference="D1", site_gln=who.site.gln, at=self.tick(), **how,
        )  # fmt: skip
        return self.record(who, event)

    def move(self, epcs: list[str], of: Any, to: Any) -> None:
        self.ship(of, epcs, to).raise_refused()
        self.receive(to, epcs, of).raise_refused()

    def do(self, kind: Kind, who: Any, epcs: list[str]) -> CaptureResult:
        return self.record(who, acts.act(kind, epcs, site_gln=who.site.gln, at=self.tick()))


def recorded(kind: str) -> Any:
    """The newest event of this kind, as it was recorded."""
    row = CustodyEvent.objects.filter(kind=kind).order_by("-id").first()
    assert row is not None
    return read_event(row.document)


def wrong(
    event: Any,
    *,
    at: datetime,
    reason: str | None = "did_not_occur",
    corrective: tuple[str, ...] = (),
) -> Any:
    """The event with the declaration that it was wrong."""
    declaration = ErrorDeclaration(declared_at=at, reason=reason, corrective_event_ids=corrective)
    return replace(event, error_declaration=declaration)


def package(uri: str) -> Package:
    found = find(uri.removeprefix(RESOLVER))
    assert found is not None
    return found


def codes(result: CaptureResult) -> set[str]:
    return {one.code for outcome in result.outcomes for one in outcome.refusals}
