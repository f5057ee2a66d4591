"""What events are made of besides keys and words (EPCIS 2.0 §7.3): quantities, sensor elements,
error declarations, persistent dispositions; and master data (§9.4).

Keys and words are spelled as in events: URIs in normal form, bare CBV words. Moments are aware, in
UTC, to the microsecond. `extensions` keep their prefixed names; what a prefix means stands in the
`namespaces` of the event. A number is an `int` where it is whole, or a `float`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Number = int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """Some of a class of objects (§7.3.3.3). Without `uom` a count; without `quantity` unknown."""

    epc_class: str
    quantity: Number | None = None
    uom: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistentDisposition:
    """Dispositions that hold until they are taken back (§7.3.5.6)."""

    set: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorDeclaration:
    """The event that carries this was wrong (§7.4.1.2). `reason` is a bare CBV word or a URI."""

    declared_at: datetime
    reason: str | None = None
    corrective_event_ids: tuple[str, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorMetadata:
    """What all reports of a sensor element share (§7.3.7.2)."""

    time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    device_id: str | None = None
    device_metadata: str | None = None
    raw_data: str | None = None
    data_processing_method: str | None = None
    biz_rules: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorReport:
    """One observation (§7.3.7.3). `type` is a bare measurement type of GS1 or a URI; XML allows a
    report without one, which then tells an `exception`."""

    type: str | None = None
    exception: str | None = None
    device_id: str | None = None
    device_metadata: str | None = None
    raw_data: str | None = None
    data_processing_method: str | None = None
    biz_rules: str | None = None
    time: datetime | None = None
    microorganism: str | None = None
    chemical_substance: str | None = None
    coordinate_reference_system: str | None = None
    value: Number | None = None
    component: str | None = None
    string_value: str | None = None
    boolean_value: bool | None = None
    hex_binary_value: str | None = None
    uri_value: str | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    mean_value: Number | None = None
    s_dev: Number | None = None
    perc_rank: Number | None = None
    perc_value: Number | None = None
    uom: str | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorElement:
    """What sensors said, with at least one report (§7.3.7.1)."""

    reports: tuple[SensorReport, ...]
    metadata: SensorMetadata | None = None
    extensions: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterDataElement:
    """One thing and what is known of it. `attributes` are pairs of name (URI) and value: a text, a
    number or an object in JSON shape; `children` are the ids of what belongs to it."""

    id: str
    attributes: tuple[tuple[str, Any], ...] = field(default=(), hash=False)
    children: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterDataList:
    """The things of one kind; `type` is a URI such as `urn:epcglobal:epcis:vtype:Location`."""

    type: str
    elements: tuple[MasterDataElement, ...] = ()
