"""The parameters of an event query (EPCIS 2.0 §8.2.7.1), read strictly: what is not known is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from apps.exchange.paging import PAGING
from apps.exchange.problems import EpcisException
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.epcis.event_hash import digest_of
from pharmatrace.kernel.epcis.formats import moment_of
from pharmatrace.kernel.epcis.vocabulary import (
    bare_biz_step,
    bare_biz_transaction_type,
    bare_disposition,
    bare_source_destination_type,
)
from pharmatrace.kernel.gs1.epc_translation import translate
from pharmatrace.kernel.gs1.identifiers import package_ids
from pharmatrace.kernel.refusal import Refused

EVENT_TYPES = (
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent", "AssociationEvent",
)  # fmt: skip
MOST_EPCS = 20
MOST_EVENTS = 100_000


@dataclass(slots=True)
class Query:
    """What is asked: `where` over CustodyEvent; `epcs` the packages (canonical URI) that an event must
    name, one set per MATCH parameter."""

    where: Q = field(default_factory=Q)
    epcs: list[frozenset[str]] = field(default_factory=list)
    order_by: str = "id"
    descending: bool = False
    limit: int | None = None
    most: int | None = None

    @property
    def named(self) -> frozenset[str]:
        """All packages the question names."""
        return frozenset().union(*self.epcs)


def read_query(parameters: Mapping[str, list[str]]) -> Query:
    """Raises EpcisException `QueryParameterException` for a parameter that is unknown, not offered yet,
    given twice, or with a wrong value."""
    query = Query()
    for name, values in parameters.items():
        if name in PAGING:
            continue
        if len(values) > 1:
            raise wrong(name, "is given more than once; alternatives are joined with |")
        _read_one(query, name, values[0])
    if query.limit is not None and query.most is not None:
        raise wrong("eventCountLimit", "and maxEventCount exclude each other")
    if query.limit is not None and "orderBy" not in parameters:
        raise wrong("eventCountLimit", "needs orderBy")
    if query.order_by != "id" and "orderDirection" not in parameters:
        query.descending = True  # the default of the standard
    return query


def wrong(name: str, what: str) -> EpcisException:
    return EpcisException("QueryParameterException", f"{name[:80]} {what}.", parameter=name[:80])


def _read_one(query: Query, name: str, text: str) -> None:
    if "\x00" in text or "\x00" in name:
        raise wrong(name.replace("\x00", ""), "has a NUL character in it")
    if name in _EQUALS:
        path, spell = _EQUALS[name]
        query.where &= Q(**{f"document__{path}__in": [spell(one) for one in _several(name, text)]})
    elif name in _TIMES:
        moment = moment_of(text)
        if moment is None:
            raise wrong(name, "is a date and time with its zone, such as 2026-11-20T21:00:00Z")
        query.where &= Q(**{_TIMES[name]: moment})
    elif name in _MATCHES:
        _match(query, name, text)
    elif name in _SETTINGS:
        _SETTINGS[name](query, name, text)
    elif family := next((one for one in _FAMILIES if name.startswith(one)), None):
        _pair(query, name, family, text)
    else:
        raise wrong(name, "is not a parameter that is known here (see docs/epcis.md)")


def _several(name: str, text: str) -> list[str]:
    values = text.split("|")
    if not all(values):
        raise wrong(name, "has an empty value in it")
    return values


def _of(*words: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in words:
            raise EpcisException("QueryParameterException", f"{text[:80]} is not one of {words}.")
        return text

    return check


def canonical(uri: str) -> str:
    """A key as it is stored: a Digital Link. Text that is none is left alone: it matches nothing."""
    if uri.startswith("urn:epc:id:"):
        try:
            return translate(uri)
        except Refused as refused:
            raise EpcisException("QueryParameterException", str(refused)) from None
    return uri


_EQUALS: dict[str, tuple[str, Callable[[str], str]]] = {
    "eventType": ("type", _of(*EVENT_TYPES)),
    "EQ_action": ("action", _of("ADD", "OBSERVE", "DELETE")),
    "EQ_bizStep": ("bizStep", bare_biz_step),
    "EQ_disposition": ("disposition", bare_disposition),
    "EQ_readPoint": ("readPoint__id", canonical),
    "EQ_bizLocation": ("bizLocation__id", canonical),
}
_TIMES = {
    "GE_eventTime": "occurred_at__gte",
    "LT_eventTime": "occurred_at__lt",
    "GE_recordTime": "recorded_at__gte",
    "LT_recordTime": "recorded_at__lt",
}
_MATCHES = {
    "MATCH_epc": ("epcList", "childEPCs"),
    "MATCH_parentID": ("parentID",),
    "MATCH_anyEPC": ("epcList", "childEPCs", "parentID"),
}
_FAMILIES = {
    "EQ_bizTransaction_": ("bizTransactionList", "bizTransaction", bare_biz_transaction_type),
    "EQ_source_": ("sourceList", "source", bare_source_destination_type),
    "EQ_destination_": ("destinationList", "destination", bare_source_destination_type),
}


def _match(query: Query, name: str, text: str) -> None:
    uris = [canonical(one) for one in _several(name, text)]
    if any(one.startswith("urn:epc:idpat:") for one in uris):
        raise wrong(name, "takes EPCs; patterns are not offered yet")
    query.epcs.append(frozenset(uris))
    if len(query.named) > MOST_EPCS:
        raise wrong(name, f"makes it more than {MOST_EPCS} EPCs in one question")
    either = Q()
    for member in _MATCHES[name]:
        for one in uris:
            value: Any = one if member == "parentID" else [one]
            either |= Q(document__contains={member: value})
    query.where &= either


def _pair(query: Query, name: str, family: str, text: str) -> None:
    path, member, bare = _FAMILIES[family]
    kind = bare(name.removeprefix(family))
    if not kind:
        raise wrong(name, "names no type")
    either = Q()
    for one in _several(name, text):
        either |= Q(document__contains={path: [{"type": kind, member: canonical(one)}]})
    query.where &= either


def _event_id(query: Query, name: str, text: str) -> None:
    query.where &= event_ids(_several(name, text))


def event_ids(names: list[str]) -> Q:
    """Events by hash ID, or by the ID their sender gave them."""
    either = Q(document__eventID__in=names)
    digests = [digest for one in names if (digest := _digest(one))]
    return either | Q(hash__in=digests) if digests else either


def _digest(name: str) -> bytes | None:
    if not name.startswith("ni:///sha-256;") or not name.endswith("?ver=CBV2.0") or len(name) != 89:
        return None
    try:
        return digest_of(name)
    except ValueError:
        return None


def _order_by(query: Query, name: str, text: str) -> None:
    columns = {"eventTime": "occurred_at", "recordTime": "recorded_at"}
    if text not in columns:
        raise wrong(name, "is eventTime or recordTime; extension fields are not offered yet")
    query.order_by = columns[text]


def _direction(query: Query, name: str, text: str) -> None:
    if text not in ("ASC", "DESC"):
        raise wrong(name, "is ASC or DESC")
    query.descending = text == "DESC"


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not int(text[:12]) > 0:
        raise wrong(name, "is a whole number from 1")
    return min(int(text[:12]), MOST_EVENTS)


def _limit(query: Query, name: str, text: str) -> None:
    query.limit = _number(name, text)


def _most(query: Query, name: str, text: str) -> None:
    query.most = _number(name, text)


_SETTINGS: dict[str, Callable[[Query, str, str], None]] = {
    "EQ_eventID": _event_id,
    "orderBy": _order_by,
    "orderDirection": _direction,
    "eventCountLimit": _limit,
    "maxEventCount": _most,
}


def packages_of(uris: frozenset[str]) -> list[Any]:
    """The package ids of canonical URIs; text that is no package of ours has an id that nobody has."""
    return package_ids(uri.removeprefix(RESOLVER) for uri in sorted(uris))
