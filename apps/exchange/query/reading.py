"""A question read strictly: from the parameters of an address, or from the JSON of a named query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from apps.exchange.paging import PAGING
from apps.exchange.query.given import Given, Value, check_text, checked
from apps.exchange.query.grammar import find
from apps.exchange.query.question import Query
from apps.exchange.query.refusing import wrong
from pharmatrace.kernel.epcis.contexts import declared_namespaces

MOST_PARAMETERS = 100


def read_query(
    parameters: Mapping[str, list[str]], namespaces: Mapping[str, str] | None = None
) -> Query:
    """The parameters of an address; alternatives are joined with `|`. Paging is read past, and so is a
    parameter without a value (EPCIS 2.0 §8.2.5), but for EXISTS, which needs none.

    `namespaces` are prefixes that the caller declares besides GS1's own. Raises EpcisException
    `QueryParameterException`, which names the parameter that is unknown, given twice, or has a
    wrong value.
    """
    asked: list[tuple[str, tuple[Value, ...]]] = []
    for name, values in parameters.items():
        if name in PAGING:
            continue
        if len(values) != 1:
            raise wrong(name, "is given more than once; alternatives are joined with |")
        asked.append((name, tuple(values[0].split("|"))))
    return _read(asked, namespaces or {})


def read_query_object(query: Mapping[str, Any]) -> Query:
    """The JSON object of a named query, as GS1's query-schema.json has it: lists of alternatives, numbers,
    texts, and an `@context` with the prefixes that names and values use. An empty list or text is
    as if the parameter were not there (EPCIS 2.0 §8.2.5). Raises as `read_query`.
    """
    asked: list[tuple[str, tuple[Value, ...]]] = []
    for name, value in query.items():
        if name == "@context":
            continue
        values = tuple(value) if isinstance(value, list) else (value,)
        if not all(one is None or isinstance(one, str | int | float) for one in values):
            raise wrong(name, "is a text, a number, or a list of them")
        asked.append((name, values))
    namespaces = declared_namespaces(query.get("@context", []))
    for prefix, meaning in namespaces.items():
        check_text("@context", prefix)
        check_text("@context", meaning)
    return _read(asked, namespaces)


def _read(asked: Iterable[tuple[str, tuple[Value, ...]]], namespaces: Mapping[str, str]) -> Query:
    query, names = Query(), set()
    for name, values in asked:
        check_text(name.encode(errors="replace").decode().replace("\x00", "?"), name)
        parameter = find(name)
        if parameter is None:
            raise wrong(name, "is not a parameter that is known here (see docs/epcis.md)")
        if not values or (values == ("",) and not name.startswith("EXISTS_")):
            continue
        parameter[0].read(query, Given(name, checked(name, values), namespaces), parameter[1])
        names.add(name)
        if len(names) > MOST_PARAMETERS:
            raise wrong(name, f"is one parameter too many: {MOST_PARAMETERS} are the most")
    if {"eventCountLimit", "maxEventCount"} <= names:
        raise wrong("eventCountLimit", "and maxEventCount exclude each other")
    if "eventCountLimit" in names and "orderBy" not in names:
        raise wrong("eventCountLimit", "needs orderBy")
    if "orderBy" in names and "orderDirection" not in names:
        query.order = replace(query.order, descending=True)  # the default of the standard
    return query
