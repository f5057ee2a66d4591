"""Builders: each kind of event as the EPCIS event that spells it.

Identifiers go in as canonical Digital Link URIs and GLNs. Screens, the simulator and the tests write their
events with these; partners write their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import SPELLINGS, Kind
from pharmatrace.kernel.epcis.model import EVENT_KINDS, Event, whole_milliseconds

_PARTY = "possessing_party"


def act(kind: Kind, epcs: Iterable[str], *, site_gln: str, at: datetime, **more: Any) -> Event:
    """An event of `kind` at a site; `more` are further fields of `Event`."""
    spelling = SPELLINGS[kind]
    place = f"{RESOLVER}414/{site_gln}"
    return EVENT_KINDS[spelling.type](
        action=spelling.action,
        event_time=whole_milliseconds(at),
        event_time_zone_offset=_offset(at),
        epcs=tuple(epcs),
        biz_step=spelling.biz_step,
        disposition=spelling.disposition,
        read_point=place,
        biz_location=place,
        **more,
    )


def _offset(at: datetime) -> str:
    """`+01:00`, as the clock that made `at` showed it."""
    digits = at.strftime("%z")
    return f"{digits[:3]}:{digits[3:5]}"


def commission(
    epcs: Iterable[str], *, lot: str, expiry: date, site_gln: str, at: datetime
) -> Event:
    ilmd = {"cbvmda:lotNumber": lot, "cbvmda:itemExpirationDate": expiry.isoformat()}
    return act(Kind.COMMISSION, epcs, site_gln=site_gln, at=at, ilmd=ilmd)


def pack(parent: str, children: Iterable[str], *, site_gln: str, at: datetime) -> Event:
    return act(Kind.PACK, (), site_gln=site_gln, at=at, parent=parent, children=tuple(children))


def unpack(parent: str, children: Iterable[str], *, site_gln: str, at: datetime) -> Event:
    return act(Kind.UNPACK, (), site_gln=site_gln, at=at, parent=parent, children=tuple(children))


def ship(
    epcs: Iterable[str],
    *,
    sender_gln: str,
    consignee_gln: str,
    reference: str,
    site_gln: str,
    at: datetime,
    returning: bool = False,
) -> Event:
    kind = Kind.RETURN if returning else Kind.SHIP
    parties = _parties(sender_gln, consignee_gln, reference)
    return act(kind, epcs, site_gln=site_gln, at=at, **parties)


def receive(
    epcs: Iterable[str],
    *,
    sender_gln: str,
    consignee_gln: str,
    reference: str,
    site_gln: str,
    at: datetime,
    refusing: bool = False,
) -> Event:
    kind = Kind.REFUSE if refusing else Kind.RECEIVE
    parties = _parties(sender_gln, consignee_gln, reference)
    return act(kind, epcs, site_gln=site_gln, at=at, **parties)


def _parties(sender_gln: str, consignee_gln: str, reference: str) -> dict[str, Any]:
    """Who sends to whom, under which number: both sides of a delivery say the same."""
    return {
        "sources": ((_PARTY, f"{RESOLVER}417/{sender_gln}"),),
        "destinations": ((_PARTY, f"{RESOLVER}417/{consignee_gln}"),),
        "biz_transactions": _delivery(sender_gln, reference),
    }


def _delivery(sender_gln: str, reference: str) -> tuple[tuple[str | None, str], ...]:
    """The despatch advice both sides name (CBV 2.0 §8.5.2)."""
    return (("desadv", f"urn:epcglobal:cbv:bt:{sender_gln}:{reference}"),) if reference else ()
