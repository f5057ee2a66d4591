"""What sensors said: attributes of sensor metadata and sensor reports (EPCIS 2.0 §8.2.7.1).

Each parameter holds when one report (or the metadata of one element) has it; two parameters may be met by
two reports of an event.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

from apps.exchange.query.conditions import OnDocument, path_exists
from apps.exchange.query.event_fields import canonical
from apps.exchange.query.given import Given
from apps.exchange.query.quantities import measured
from pharmatrace.kernel.epcis.vocabulary import MEASUREMENT_TYPE

METADATA = "$.sensorElementList[*].sensorMetadata"
REPORT = "$.sensorElementList[*].sensorReport[*]"
BOTH = (METADATA, REPORT)


# Attribute → where it stands, and how it is spelled there.
TEXTS: dict[str, tuple[tuple[str, ...], Callable[[str], str]]] = {
    "type": ((REPORT,), MEASUREMENT_TYPE.one_form),
    "deviceID": (BOTH, canonical),
    "dataProcessingMethod": (BOTH, str),
    "bizRules": (BOTH, str),
    "microorganism": ((REPORT,), str),
    "chemicalSubstance": ((REPORT,), str),
    "uriValue": ((REPORT,), str),
}
TIMES = {"time": BOTH, "startTime": (METADATA,), "endTime": (METADATA,)}


def attribute(given: Given, found: re.Match[str]) -> OnDocument:
    places, spell = TEXTS[found[1]]
    return _one_of(places, found[1], given.words(spell))


def string_value(given: Given) -> OnDocument:
    return _one_of((REPORT,), "stringValue", given.texts())


def hex_value(given: Given) -> OnDocument:
    """Bytes, written in letters of either case."""
    found = f"SELECT 1 FROM jsonb_path_query({{document}}, '{REPORT}.hexBinaryValue') v(value)"
    return OnDocument(
        f"EXISTS ({found} WHERE upper(v.value #>> '{{}}') = ANY(%s))",
        [[one.upper() for one in given.texts()]],
    )


def boolean_value(given: Given) -> OnDocument:
    return path_exists(f"{REPORT} ? (@.booleanValue == {json.dumps(given.flag())})")


def moment(given: Given, found: re.Match[str]) -> OnDocument:
    """Times are kept in UTC, with milli- or microseconds."""
    sign = {"GE": ">=", "LT": "<"}[found[1]]
    sources = " UNION ALL ".join(
        f"SELECT value FROM jsonb_path_query({{document}}, '{place}.{found[2]}') v(value)"
        for place in TIMES[found[2]]
    )
    return OnDocument(
        f"EXISTS (SELECT 1 FROM ({sources}) v WHERE (v.value #>> '{{}}')::timestamptz {sign} %s)",
        [given.moment()],
    )


def value(given: Given, found: re.Match[str]) -> OnDocument:
    """`GE_minValue_CEL` and its like, in any unit of the same quantity; `GE_percRank`, a bare number."""
    operator, name, unit = found.groups()
    test = measured(
        given, operator, f"@.{name}", unit, **({"spread": True} if name == "sDev" else {})
    )
    return path_exists(f"{REPORT} ? ({test})")


def _one_of(places: Iterable[str], name: str, values: list[str]) -> OnDocument:
    either = " OR ".join(
        f"EXISTS (SELECT 1 FROM jsonb_path_query({{document}}, '{place}.{name}') v(value)"
        " WHERE v.value #>> '{}' = ANY(%s))"
        for place in places
    )
    return OnDocument(either, [values for _ in places])
