"""EPCIS events as values (EPCIS 2.0 §7.4). Whoever builds one has checked it: the readers do, and
so do the services that make events of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pharmatrace.kernel.epcis.parts import (
    ErrorDeclaration,
    MasterDataList,
    PersistentDisposition,
    Quantity,
    SensorElement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all kinds of events share.

    `event_time` is aware, in UTC, in whole milliseconds; `event_time_zone_offset` is what the
    scanner's clock showed (`+01:00`). Keys are URIs in normal form (`gs1.normal_form`). Steps,
    dispositions and types are bare CBV words where CBV has them. `sources`, `destinations` and
    `biz_transactions` are pairs of type and URI (the type of a transaction may be None).
    `quantities` stand beside `epcs`, or beside `children` where there is a parent list. `action` is
    empty where the kind of event has none. `extensions`, `ilmd` and the extensions of places keep
    their prefixed names, values in JSON shape; `namespaces` says what the prefixes mean.
    `record_time` is what the sender's repository said, in UTC; ours is `recorded_at`.
    """

    type: ClassVar[str] = ""

    action: str = ""
    event_time: datetime
    event_time_zone_offset: str = "+00:00"
    epcs: tuple[str, ...] = ()
    parent: str | None = None
    children: tuple[str, ...] = ()
    biz_step: str | None = None
    disposition: str | None = None
    read_point: str | None = None
    biz_location: str | None = None
    sources: tuple[tuple[str, str], ...] = ()
    destinations: tuple[tuple[str, str], ...] = ()
    biz_transactions: tuple[tuple[str | None, str], ...] = ()
    ilmd: Mapping[str, Any] = field(default_factory=dict, hash=False)
    extensions: Mapping[str, Any] = field(default_factory=dict, hash=False)
    namespaces: Mapping[str, str] = field(default_factory=dict, hash=False)
    event_id: str | None = None
    record_time: datetime | None = None
    quantities: tuple[Quantity, ...] = ()
    persistent_disposition: PersistentDisposition | None = None
    sensor_elements: tuple[SensorElement, ...] = ()
    certification_info: tuple[str, ...] = ()
    error_declaration: ErrorDeclaration | None = None
    read_point_extensions: Mapping[str, Any] = field(default_factory=dict, hash=False)
    biz_location_extensions: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvent(Event):
    """Something happened to the objects in `epcs` (§7.4.2). Only these events carry `ilmd`."""

    type: ClassVar[str] = "ObjectEvent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregationEvent(Event):
    """`children` were put into, taken out of or seen in `parent` (§7.4.3)."""

    type: ClassVar[str] = "AggregationEvent"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionEvent(Event):
    """The objects in `epcs` and `quantities` became part of, stopped being part of or were seen in
    the `biz_transactions`, of which there is at least one (§7.4.4)."""

    type: ClassVar[str] = "TransactionEvent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationEvent(Event):
    """`children` were attached to, detached from or seen on the asset or place `parent`
    (§7.4.6)."""

    type: ClassVar[str] = "AssociationEvent"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformationEvent(Event):
    """Inputs were used up and outputs made; without action. Events with the same
    `transformation_id` are one transformation (§7.4.5)."""

    type: ClassVar[str] = "TransformationEvent"

    input_epcs: tuple[str, ...] = ()
    input_quantities: tuple[Quantity, ...] = ()
    output_epcs: tuple[str, ...] = ()
    output_quantities: tuple[Quantity, ...] = ()
    transformation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedEvent(Event):
    """An event of somebody's own type: `own_type` is its URI. All its fields that not every event
    has are kept in `extensions`, as they came (§7.1)."""

    own_type: str

    @property
    def type(self) -> str:  # type: ignore[override]
        return self.own_type


EVENT_KINDS: dict[str, type[Event]] = {
    kind.type: kind
    for kind in (
        ObjectEvent,
        AggregationEvent,
        TransactionEvent,
        TransformationEvent,
        AssociationEvent,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one file or message holds. `kind` is `EPCISDocument`, `EPCISQueryDocument` or
    `EPCISMasterDataDocument`; `header` are further fields of the document, in JSON shape, that are
    neither events nor master data (sender, receiver, instanceIdentifier, extensions, …)."""

    kind: str = "EPCISDocument"
    events: tuple[Event, ...] = ()
    master_data: tuple[MasterDataList, ...] = ()
    created_at: datetime | None = None
    query_name: str | None = None
    subscription_id: str | None = None
    header: Mapping[str, Any] = field(default_factory=dict, hash=False)
    namespaces: Mapping[str, str] = field(default_factory=dict, hash=False)


def whole_milliseconds(moment: datetime) -> datetime:
    """`moment` in UTC, rounded to milliseconds as the event hash rounds (half to even)."""
    moment = moment.astimezone(UTC)
    if moment.microsecond % 1000 == 0:
        return moment
    rounded = round(moment.microsecond, -3)
    return moment + timedelta(microseconds=rounded - moment.microsecond)


def moment_text(moment: datetime) -> str:
    """As `utc_text`, but with microseconds where there are some; for times in parts of events."""
    moment = moment.astimezone(UTC)
    spec = "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=spec)[:-6] + "Z"


def utc_text(moment: datetime) -> str:
    """`2026-11-20T21:00:00.000Z` for an aware moment."""
    return whole_milliseconds(moment).isoformat(timespec="milliseconds")[:-6] + "Z"
