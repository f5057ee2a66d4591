"""The fields every event may have: what kind, when, which step, who with, which errors (EPCIS 2.0 §8.2.7.1)."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.db.models import Q

from apps.exchange.query.conditions import OnDocument, contains_one, outside_custody, path_exists
from apps.exchange.query.given import Given
from apps.exchange.query.refusing import wrong
from pharmatrace.kernel.custody.kinds import SPELLINGS
from pharmatrace.kernel.epcis.event_hash import digest_of
from pharmatrace.kernel.epcis.formats import is_loose_uri
from pharmatrace.kernel.epcis.model import EVENT_KINDS
from pharmatrace.kernel.epcis.vocabulary import (
    BIZ_STEP,
    BIZ_TRANSACTION_TYPE,
    DISPOSITION,
    ERROR_REASON,
    SOURCE_DESTINATION_TYPE,
)
from pharmatrace.kernel.gs1.epc_translation import translate
from pharmatrace.kernel.gs1.normal_form import normal_uri
from pharmatrace.kernel.refusal import Refused

EVENT_TYPES = tuple(EVENT_KINDS)
_ACTIONS = ("ADD", "OBSERVE", "DELETE")
_CUSTODY_TYPES = frozenset(spelling.type for spelling in SPELLINGS.values())


# The first half is what the index says of itself.
_GIVEN_ID = "({document} ? 'eventID') AND ({document} ->> 'eventID') = ANY(%s)"


def canonical(uri: str) -> str:
    """A key as it is stored: a Digital Link in normal form. Text that is none is left alone: it matches
    nothing. Raises EpcisException for an EPC URN that is written wrong."""
    if uri.startswith("urn:epc:id:"):
        try:
            return translate(uri)
        except Refused as refused:
            raise wrong(uri, f"is not an EPC: {refused}") from None
    return normal_uri(uri)


def event_type(given: Given) -> Q | OnDocument:
    names = given.words(str)
    for one in names:
        if one not in EVENT_TYPES and not is_loose_uri(one):
            raise wrong(given.name, f"is one of {', '.join(EVENT_TYPES)}, or a URI")
    if _CUSTODY_TYPES.isdisjoint(names):
        return outside_custody(contains_one([{"type": one} for one in names]))
    return OnDocument("{document} ->> 'type' = ANY(%s)", [names])


def action(given: Given) -> OnDocument:
    names = given.texts()
    if not set(names) <= set(_ACTIONS):
        raise wrong(given.name, "is ADD, OBSERVE or DELETE")
    return OnDocument("{document} ->> 'action' = ANY(%s)", [names])


def biz_step(given: Given) -> OnDocument:
    return OnDocument("({document} ->> 'bizStep') = ANY(%s)", [given.words(BIZ_STEP.one_form)])


def disposition(given: Given) -> OnDocument:
    words = given.words(DISPOSITION.one_form)
    return OnDocument("({document} ->> 'disposition') = ANY(%s)", [words])


def persistent_disposition(given: Given, found: re.Match[str]) -> Q:
    words = given.words(DISPOSITION.one_form)
    return contains_one([{"persistentDisposition": {found[1]: [one]}} for one in words])


def transformation_id(given: Given) -> Q:
    names = given.words(normal_uri)
    return outside_custody(contains_one([{"transformationID": one} for one in names]))


def certification_info(given: Given) -> Q:
    names = given.words(str)
    return contains_one([{"certificationInfo": shape} for one in names for shape in (one, [one])])


_PAIRS: dict[str, tuple[str, Callable[[str], str]]] = {
    "bizTransaction": ("bizTransactionList", BIZ_TRANSACTION_TYPE.one_form),
    "source": ("sourceList", SOURCE_DESTINATION_TYPE.one_form),
    "destination": ("destinationList", SOURCE_DESTINATION_TYPE.one_form),
}


def pair(given: Given, found: re.Match[str]) -> Q:
    """`EQ_bizTransaction_desadv` and its like: the type is in the parameter's name."""
    member, kind = found.groups()
    path, spell = _PAIRS[member]
    kind = spell(given.expanded(kind))
    return contains_one(
        [{path: [{"type": kind, member: canonical(one)}]} for one in given.words(str)]
    )


def event_id(given: Given) -> Q:
    return event_ids(given.texts())


def event_ids(names: list[str]) -> Q:
    """Events by hash ID, or by the ID their sender gave them."""
    either = Q(OnDocument(_GIVEN_ID, [names]))
    digests = [digest for one in names if (digest := _digest(one))]
    return either | Q(hash__in=digests) if digests else either


def _digest(name: str) -> bytes | None:
    if not name.startswith("ni:///sha-256;") or not name.endswith("?ver=CBV2.0") or len(name) != 89:
        return None
    try:
        return digest_of(name)
    except ValueError:
        return None


def error_declared(given: Given) -> OnDocument | None:
    return OnDocument("{document} ? 'errorDeclaration'") if given.asks_presence() else None


def error_time(given: Given, found: re.Match[str]) -> OnDocument:
    sign = {"GE": ">=", "LT": "<"}[found[1]]
    return OnDocument(
        f"({{document}} #>> '{{errorDeclaration,declarationTime}}')::timestamptz {sign} %s",
        [given.moment()],
    )


def error_reason(given: Given) -> OnDocument:
    words = given.words(ERROR_REASON.one_form)
    return OnDocument("{document} #>> '{errorDeclaration,reason}' = ANY(%s)", [words])


def corrective_event_id(given: Given) -> Q:
    names = given.words(str)
    return contains_one([{"errorDeclaration": {"correctiveEventIDs": [one]}} for one in names])


def has_sensors(given: Given) -> OnDocument | None:
    return path_exists("$.sensorElementList[*]") if given.asks_presence() else None
