"""Events about other things than ours, and what people ask about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from apps.exchange.documents import event_id
from apps.exchange.query import Query, read_query, read_query_object
from apps.exchange.selectors import find_events
from pharmatrace.kernel.epcis.jsonld import read_event, write_event

RECORDED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SGTIN = "https://id.gs1.org/01/09521234543213/21/"
GRAI = "https://id.gs1.org/8003/09521234543213"
PLAIN: dict[str, Any] = {
    "type": "ObjectEvent", "eventTime": "2026-11-20T10:00:00.000Z", "eventTimeZoneOffset": "+00:00",
    "action": "OBSERVE", "epcList": [],
}  # fmt: skip
CHANGE: dict[str, Any] = {  # a transformation has no action and no list of EPCs
    **{name: PLAIN[name] for name in ("eventTime", "eventTimeZoneOffset")},
    "type": "TransformationEvent",
}
_numbers = count(1)


def row(
    who: Any, document: Mapping[str, Any], *, kind: str = "unmanaged", to: Any = None,
    at: datetime | None = None, like: CustodyEvent | None = None,
) -> CustodyEvent:  # fmt: skip
    """The event as the door stores it, without its statement; its hash is that of `like`, or one of its own."""
    number = next(_numbers)
    event = read_event(dict(document))
    hash = like.hash if like else number.to_bytes(32, "big")
    return CustodyEvent.objects.create(
        hash=hash, statement_id=-number, kind=kind,
        actor=who.organisation, site=who.site, counterparty=to and to.organisation,
        occurred_at=event.event_time, recorded_at=at or RECORDED + timedelta(seconds=number),
        package_count=0, document=write_event(event),
    )  # fmt: skip


Tell = Callable[..., CustodyEvent]


@pytest.fixture
def tell(mia: Any) -> Tell:
    """`tell(name, bizStep=…)` stores a plain event of Mia's with these fields, under the ID `urn:x:{name}`."""

    def store(name: str, *, of: Mapping[str, Any] = PLAIN, **fields: Any) -> CustodyEvent:
        """A field whose name cannot be written here comes in `fields={…}`."""
        more = fields.pop("fields", {})
        how = {
            word: fields.pop(word) for word in ("kind", "to", "at", "who", "like") if word in fields
        }
        if name:
            fields["eventID"] = f"urn:x:{name}"
        return row(how.pop("who", mia), {**of, **fields, **more}, **how)

    return store


Ask = Callable[..., list[str]]


@pytest.fixture
def ask(rosa: Any) -> Ask:
    """`ask(EQ_bizStep="shipping")` gives the names of the events found, in their order; `ask({…})` asks with
    the JSON of a named query. Every page holds two events, so pages are always turned."""

    def find(asked: Mapping[str, Any] | None = None, who: Any = rosa, **more: str) -> list[str]:
        if asked is None:
            return found(who, read_query({name: [text] for name, text in more.items()}))
        return found(who, read_query_object(asked))

    return find


def found(who: Any, query: Query, size: int = 2) -> list[str]:
    names, since = [], None
    while True:
        page = find_events(who.membership, query, since=since, size=size)
        names += [event_id(one).removeprefix("urn:x:") for one in page.events]
        since = page.next
        if since is None:
            return names
