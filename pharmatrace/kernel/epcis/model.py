"""EPCIS events as values (EPCIS 2.0 §7.4). Whoever builds one has checked it: the readers do, and
so do the services that make events of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all kinds of events share.

    `event_time` is aware, in UTC, in whole milliseconds; `event_time_zone_offset` is what the
    scanner's clock showed (`+01:00`). Keys are URIs in normal form (`gs1.normal_form`). Steps,
    dispositions and types are bare CBV words where CBV has them. `sources`, `destinations` and
    `biz_transactions` are pairs of type and URI (the type of a transaction may be None).
    `extensions` and `ilmd` keep their prefixed names; `namespaces` says what the prefixes mean.
    """

    type: ClassVar[str] = ""

    action: str
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectEvent(Event):
    """Something happened to the objects in `epcs` (§7.4.2). Only these events carry `ilmd`."""

    type: ClassVar[str] = "ObjectEvent"


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregationEvent(Event):
    """`children` were put into, taken out of or seen in `parent` (§7.4.3)."""

    type: ClassVar[str] = "AggregationEvent"


EVENT_KINDS: dict[str, type[Event]] = {kind.type: kind for kind in (ObjectEvent, AggregationEvent)}


def whole_milliseconds(moment: datetime) -> datetime:
    """`moment` in UTC, rounded to milliseconds as the event hash rounds (half to even)."""
    moment = moment.astimezone(UTC)
    if moment.microsecond % 1000 == 0:
        return moment
    rounded = round(moment.microsecond, -3)
    return moment + timedelta(microseconds=rounded - moment.microsecond)


def utc_text(moment: datetime) -> str:
    """`2026-11-20T21:00:00.000Z` for an aware moment."""
    return whole_milliseconds(moment).isoformat(timespec="milliseconds")[:-6] + "Z"
