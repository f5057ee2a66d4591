"""Fields of somebody's own: `EQ_ex:colour`, `GE_INNER_ILMD_ex:weight`, `EXISTS_SENSORREPORT_ex:x`, …

Documents keep the names as they came: a prefix of the document's own, and what it means in `@context`. A
question names the field in full (`https://ns.example/colour`; with `#` between namespace and name, as
EPCIS 1.x wrote it, too) or by a prefix. A prefix that the question declares, or GS1's context, is
written out; any other is taken as the documents spell it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from apps.exchange.query.conditions import OnDocument
from apps.exchange.query.given import Given, number_of
from apps.exchange.query.refusing import wrong
from pharmatrace.kernel.epcis.contexts import DEFAULT_NAMESPACES
from pharmatrace.kernel.epcis.formats import moment_of

# Where such fields stand, by the word in the parameter's name; "" is the event itself.
SCOPES = {
    "": "$",
    "ILMD": "$.ilmd",
    "ERROR_DECLARATION": "$.errorDeclaration",
    "SENSORELEMENT": "$.sensorElementList[*]",
    "SENSORMETADATA": "$.sensorElementList[*].sensorMetadata",
    "SENSORREPORT": "$.sensorElementList[*].sensorReport[*]",
    "readPoint": "$.readPoint",
    "bizLocation": "$.bizLocation",
}
OPERATORS = {"EQ": "=", "GT": ">", "GE": ">=", "LT": "<", "LE": "<="}
_MEMBERS = ' ? (@.type() == "object").keyvalue()'
_INSIDE = f'{_MEMBERS} ? (@.key like_regex ":").value.**{_MEMBERS}'
# A value `v.value` as a number or a moment; null where it is none. Texts count too: XML has no others.
_TEXT = "v.value #>> '{}'"
NUMBER_SQL = (
    "CASE WHEN jsonb_typeof(v.value) = 'number'"
    rf" OR {_TEXT} ~ '^[+-]?[0-9]{{1,60}}(\.[0-9]{{1,60}})?([eE][+-]?[0-9]{{1,2}})?$'"
    f" THEN ({_TEXT})::numeric END"
)
TIME_SQL = (
    rf"CASE WHEN {_TEXT} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[Tt][0-9:]{{8}}(\.[0-9]+)?([Zz]|[+-][0-9:]{{5}})$'"
    f" AND pg_input_is_valid({_TEXT}, 'timestamptz') THEN ({_TEXT})::timestamptz END"
)


@dataclass(frozen=True, slots=True)
class FieldName:
    """`full` are the names written out that mean the field; `spelled` the names as a document may have
    them without saying what the prefix means."""

    full: tuple[str, ...]
    spelled: tuple[str, ...]

    @staticmethod
    def read(given: Given, text: str) -> FieldName:
        name = given.expanded(text)
        prefix, _, local = name.partition(":")
        if not prefix or not local:
            raise wrong(given.name, "names no field")
        if name == text and "://" not in text and prefix != "urn":
            return FieldName((), (text,))
        full = {name, "".join(name.rsplit("#", 1))}
        known = {
            f"{short}:{one[len(start) :]}"
            for short, start in DEFAULT_NAMESPACES.items()
            for one in full
            if one.startswith(start) and len(one) > len(start)
        }
        return FieldName(tuple(sorted(full)), tuple(sorted(full | known)))


def keys_sql(name: FieldName) -> tuple[str, list[Any]]:
    """An array of the keys under which this document has the field."""
    spelled = "%s::text[]"
    if not name.full:
        return spelled, [list(name.spelled)]
    declared = (
        "ARRAY(SELECT c.value->>'key' || ':' || substr(n, length(c.value->>'value') + 1)"
        " FROM jsonb_path_query({document}, 'lax $.\"@context\".keyvalue()', '{}', true) c(value),"
        " unnest(%s::text[]) n WHERE starts_with(n, c.value->>'value'))"
    )
    return f"({declared} || {spelled})", [list(name.full), list(name.spelled)]


def values_sql(name: FieldName, path: str) -> tuple[str, list[Any]]:
    """`FROM …` with a row `f` for each such field found by `path` and `v.value` for each of its values:
    the members of lists, and the text of an XML element that has attributes."""
    keys, params = keys_sql(name)
    return (
        "FROM jsonb_path_query({document}, %s::jsonpath, '{}', true) f(value)"
        " CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(one) WHEN 'object'"
        " THEN COALESCE(one->'#text', one->'@value', one) ELSE one END AS value"
        " FROM jsonb_path_query(f.value->'value', 'lax $[*]') one) v"
        f" WHERE f.value->>'key' = ANY({keys})"
    ), [path, *params]


def compares(given: Given, found: re.Match[str]) -> OnDocument:
    """EQ, GT, GE, LT, LE. Numbers are compared as numbers and times as times, wherever the document has
    such; texts are only equal or not."""
    operator, inner, scope, text = found.groups()
    source, params = values_sql(FieldName.read(given, text), _path(inner, scope))
    test, values = (_equals if operator == "EQ" else _ordered)(given, OPERATORS[operator])
    return OnDocument(f"EXISTS (SELECT 1 {source} AND ({test}))", [*params, *values])


def present(given: Given, found: re.Match[str]) -> OnDocument | None:
    """EXISTS: whatever it holds, save null."""
    _, inner, scope, text = found.groups()
    name = FieldName.read(given, text)
    if not given.asks_presence():
        return None
    keys, params = keys_sql(name)
    return OnDocument(
        "EXISTS (SELECT 1 FROM jsonb_path_query({document}, %s::jsonpath, '{}', true) f(value)"
        f" WHERE f.value->>'key' = ANY({keys}) AND jsonb_typeof(f.value->'value') <> 'null')",
        [_path(inner, scope), *params],
    )


def _path(inner: str | None, scope: str | None) -> str:
    return "lax " + SCOPES[scope or ""] + (_INSIDE if inner else _MEMBERS)


def _equals(given: Given, operator: str) -> tuple[str, list[Any]]:
    texts = given.texts()
    test = f"{_TEXT} = ANY(%s::text[])"
    values: list[Any] = [texts]
    numbers = [one for value in given.values if (one := number_of(value)) is not None]
    if numbers:
        test, values = f"{test} OR {NUMBER_SQL} = ANY(%s::numeric[])", [*values, numbers]
    moments = [moment for one in texts if (moment := moment_of(one))]
    if moments:
        test, values = f"{test} OR {TIME_SQL} = ANY(%s::timestamptz[])", [*values, moments]
    return test, values


def _ordered(given: Given, operator: str) -> tuple[str, list[Any]]:
    value = given.one()
    number = number_of(value)
    if number is not None:
        return f"{NUMBER_SQL} {operator} %s", [number]
    moment = moment_of(value) if isinstance(value, str) else None
    if moment is None:
        raise wrong(given.name, "is a number, or a date and time with its zone")
    return f"{TIME_SQL} {operator} %s", [moment]
