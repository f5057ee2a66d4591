"""MATCH parameters: single objects and classes, by name or by pattern (EPCIS 2.0 §8.2.7.1.1)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db.models import Q

from apps.exchange.query import patterns
from apps.exchange.query.conditions import contains_one, outside_custody, path_exists
from apps.exchange.query.event_fields import canonical
from apps.exchange.query.given import Given
from apps.exchange.query.question import Match, Query
from apps.exchange.query.refusing import wrong
from pharmatrace.kernel.refusal import Refused

MOST_EPCS = 20
OBJECTS = {
    "MATCH_epc": ("epcList", "childEPCs"),
    "MATCH_parentID": ("parentID",),
    "MATCH_inputEPC": ("inputEPCList",),
    "MATCH_outputEPC": ("outputEPCList",),
    "MATCH_anyEPC": ("epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList"),
}
CLASSES = {
    "MATCH_epcClass": ("quantityList", "childQuantityList"),
    "MATCH_inputEPCClass": ("inputQuantityList",),
    "MATCH_outputEPCClass": ("outputQuantityList",),
    "MATCH_anyEPCClass": (
        "quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList",
    ),
}  # fmt: skip
CUSTODY_MEMBERS = frozenset(["epcList", "childEPCs", "parentID"])


def objects(query: Query, given: Given) -> None:
    """Adds what must be looked up in the index of packages; the rest narrows the documents."""
    uris, expressions = _sorted(given, of_classes=False)
    match = Match(OBJECTS[given.name], frozenset(uris), tuple(expressions))
    if not CUSTODY_MEMBERS.isdisjoint(match.members):
        query.matches.append(match)
        if len(query.named) > MOST_EPCS:
            raise wrong(given.name, f"makes it more than {MOST_EPCS} EPCs in one question")
    else:
        query.narrow(outside_custody(holds(match)))


def holds(match: Match) -> Q:
    """Whether the document itself names one of the objects."""
    either = Q()
    for member in match.members:
        either |= contains_one(
            [{member: one if member == "parentID" else [one]} for one in sorted(match.uris)]
        )
    return either | _like([f"$.{member}[*]" for member in match.members], match.patterns)


def classes(given: Given) -> Q:
    members = CLASSES[given.name]
    uris, expressions = _sorted(given, of_classes=True)
    either = contains_one(
        [{member: [{"epcClass": one}]} for member in members for one in uris]
    ) | _like([f"$.{member}[*].epcClass" for member in members], expressions)
    return outside_custody(either)


def _sorted(given: Given, *, of_classes: bool) -> tuple[list[str], list[str]]:
    """Names in their canonical form, and regular expressions for patterns."""
    uris, expressions = [], []
    for one in given.words(str):
        if one.startswith(patterns.START):
            expressions.append(_expression(given, one, of_classes=of_classes))
        else:
            uris.append(canonical(one))
    return uris, expressions


def _expression(given: Given, pattern: str, *, of_classes: bool) -> str:
    try:
        return patterns.expression(pattern, of_classes=of_classes)
    except Refused as refused:
        raise wrong(given.name, f"has a wrong pattern in it: {refused}") from None


def _like(paths: Iterable[str], expressions: Iterable[str]) -> Q:
    either = Q()
    for path in paths:
        for one in expressions:
            either |= Q(path_exists(f"{path} ? (@ like_regex {json.dumps(one)})"))
    return either
