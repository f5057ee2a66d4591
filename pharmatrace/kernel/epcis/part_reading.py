"""Reads the parts of events from JSON: places, pairs, quantities, sensor elements, declarations.
Each function takes the `Problems` of the event, a value and its place, and returns the part, or
notes what is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from pharmatrace.kernel.epcis.fields import Problems, step
from pharmatrace.kernel.epcis.formats import HEX, UNIT, storable
from pharmatrace.kernel.epcis.parts import (
    ErrorDeclaration,
    Number,
    PersistentDisposition,
    Quantity,
    SensorElement,
    SensorMetadata,
    SensorReport,
)
from pharmatrace.kernel.epcis.sensor_fields import METADATA_FIELDS, REPORT_FIELDS, Kind
from pharmatrace.kernel.epcis.vocabulary import DISPOSITION, ERROR_REASON, Vocabulary
from pharmatrace.kernel.gs1.normal_form import normal_uri

_LARGEST = sys.float_info.max
_PLACE = frozenset(["id"])
_QUANTITY = frozenset(["epcClass", "quantity", "uom"])
_PERSISTENT = ("set", "unset")
_DECLARATION = frozenset(["declarationTime", "reason", "correctiveEventIDs"])
_ELEMENT = frozenset(["sensorMetadata", "sensorReport"])


def place(problems: Problems, value: Any, at: str) -> tuple[str | None, dict[str, Any]]:
    """The `id` of a read point or business location, in normal form, and its extensions."""
    if not isinstance(value, dict) or "id" not in value:
        problems.add("field_type", f"{at[1:]} is an object with an id.", at)
        return None, {}
    own = problems.own_fields(value, _PLACE, at) if len(value) > 1 else {}
    return problems.key(value["id"], f"{at}/id"), own


def pairs(
    problems: Problems, value: Any, at: str, member: str, words: Vocabulary
) -> tuple[tuple[Any, str], ...]:
    """Sources, destinations or transactions: pairs of type and URI."""
    found = []
    for inner, item in problems.items(value, at):
        if not isinstance(item, dict):
            problems.add("field_type", f"An entry with type and {member} is an object.", inner)
            continue
        _no_others(problems, item, ("type", member), inner)
        kind = problems.word(item["type"], words, f"{inner}/type") if "type" in item else None
        if "type" not in item and member != "bizTransaction":
            problems.add("field_missing", "The type is missing.", f"{inner}/type")
        uri = problems.key(item.get(member), f"{inner}/{member}")
        if uri is not None:
            found.append((kind, uri))
    return tuple(found)


def quantities(problems: Problems, value: Any, at: str) -> tuple[Quantity, ...]:
    found = []
    for inner, item in problems.items(value, at):
        if not problems.obj(item, inner, "epcClass"):
            continue
        _no_others(problems, item, _QUANTITY, inner)
        epc_class = (
            problems.key(item["epcClass"], f"{inner}/epcClass") if "epcClass" in item else ""
        )
        amount = unit = None
        if "quantity" in item:
            amount = number(problems, item["quantity"], f"{inner}/quantity")
        if "uom" in item:
            unit = item["uom"]
            if not isinstance(unit, str) or not UNIT.fullmatch(unit):
                problems.add(
                    "value_invalid", "A unit is two or three letters or digits (UN/ECE Rec. 20).",
                    f"{inner}/uom",
                )  # fmt: skip
        found.append(Quantity(epc_class=epc_class or "", quantity=amount, uom=unit))
    return tuple(found)


def persistent_disposition(problems: Problems, value: Any, at: str) -> PersistentDisposition | None:
    if problems.obj(value, at) is None:
        return None
    _no_others(problems, value, _PERSISTENT, at)
    if not any(name in value for name in _PERSISTENT):
        problems.add("field_missing", "Something is set or unset.", at)
    return PersistentDisposition(
        **{name: _dispositions(problems, value[name], f"{at}/{name}")
           for name in _PERSISTENT if name in value}
    )  # fmt: skip


def _dispositions(problems: Problems, value: Any, at: str) -> tuple[str, ...]:
    found: list[str] = []
    for inner, item in problems.items(value, at, least=1):
        word = problems.word(item, DISPOSITION, inner)
        if word in found:
            problems.add("value_repeated", f"{word} is listed twice.", inner)
        elif word is not None:
            found.append(word)
    return tuple(found)


def error_declaration(problems: Problems, value: Any, at: str) -> ErrorDeclaration | None:
    if problems.obj(value, at, "declarationTime") is None:
        return None
    own = problems.own_fields(value, _DECLARATION, at)
    moment = None
    if "declarationTime" in value:
        moment = problems.moment(value["declarationTime"], f"{at}/declarationTime")
    reason = None
    if "reason" in value:
        reason = problems.word(value["reason"], ERROR_REASON, f"{at}/reason")
    ids: tuple[str, ...] = ()
    if "correctiveEventIDs" in value:
        ids = uris(problems, value["correctiveEventIDs"], f"{at}/correctiveEventIDs")
    if moment is None:
        return None
    return ErrorDeclaration(
        declared_at=moment, reason=reason, corrective_event_ids=ids, extensions=own
    )


def uris(problems: Problems, value: Any, at: str) -> tuple[str, ...]:
    found = [problems.uri(item, inner) for inner, item in problems.items(value, at)]
    return tuple(uri for uri in found if uri is not None)


def certification(problems: Problems, value: Any, at: str) -> tuple[str, ...]:
    """One URI or a list of them."""
    if isinstance(value, list):
        return uris(problems, value, at)
    uri = problems.uri(value, at)
    return () if uri is None else (uri,)


def sensor_elements(problems: Problems, value: Any, at: str) -> tuple[SensorElement, ...]:
    found = []
    for inner, item in problems.items(value, at):
        if problems.obj(item, inner, "sensorReport") is None:
            continue
        own = problems.own_fields(item, _ELEMENT, inner)
        metadata, reports = None, []
        if "sensorMetadata" in item:
            fields = _fields(
                problems, item["sensorMetadata"], METADATA_FIELDS, f"{inner}/sensorMetadata"
            )
            metadata = SensorMetadata(**fields) if fields is not None else None
        if "sensorReport" in item:
            for spot, report in problems.items(
                item["sensorReport"], f"{inner}/sensorReport", least=1
            ):
                # The XSD lets a report be only an exception; the JSON Schema wants a type.
                required = ("type",) if problems.strict else ()
                fields = _fields(problems, report, REPORT_FIELDS, spot, *required)
                if fields is not None:
                    reports.append(SensorReport(**fields))
        found.append(SensorElement(metadata=metadata, reports=tuple(reports), extensions=own))
    return tuple(found)


def _fields(
    problems: Problems, value: Any, table: dict[str, tuple[str, Kind]], at: str, *required: str
) -> dict[str, Any] | None:
    """The fields of an object by a table, as keyword arguments for its part."""
    if problems.obj(value, at, *required) is None:
        return None
    own = problems.own_fields(value, table, at)
    found: dict[str, Any] = {"extensions": own} if own else {}
    for name, item in value.items():
        if name in table:
            attribute, kind = table[name]
            read = _READERS.get(kind) if isinstance(kind, str) else None
            if read:
                found[attribute] = read(problems, item, f"{at}/{name}")
            elif isinstance(kind, Vocabulary):
                found[attribute] = problems.word(item, kind, f"{at}/{name}")
    return found


def number(problems: Problems, value: Any, at: str) -> Number | None:
    """A JSON number; infinities and what is no number are none."""
    # Larger ones are no doubles, so XML could not carry them.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    problems.add("field_type", f"{at[1:]} is not a number.", at)
    return None


def _key(problems: Problems, value: Any, at: str) -> str | None:
    uri = problems.uri(value, at)
    return None if uri is None else normal_uri(uri)


def _text(problems: Problems, value: Any, at: str) -> str | None:
    if not isinstance(value, str):
        problems.add("field_type", f"{at[1:]} is not a text.", at)
        return None
    if not storable(value):
        problems.add("value_invalid", f"{at[1:]} has NUL or half a character in it.", at)
        return None
    return value


def _flag(problems: Problems, value: Any, at: str) -> bool | None:
    if not isinstance(value, bool):
        problems.add("field_type", f"{at[1:]} is true or false.", at)
        return None
    return value


def _hex(problems: Problems, value: Any, at: str) -> str | None:
    if not isinstance(value, str) or not HEX.fullmatch(value):
        problems.add("value_invalid", f"{at[1:]} is not a row of hexadecimal digits.", at)
        return None
    return value


_READERS: dict[str, Callable[[Problems, Any, str], Any]] = {
    "uri": Problems.uri,
    "moment": Problems.moment,
    "key": _key,
    "number": number,
    "text": _text,
    "flag": _flag,
    "hex": _hex,
}


def _no_others(problems: Problems, value: dict[str, Any], known: Any, at: str) -> None:
    for name in value:
        if name not in known:
            problems.add("field_unknown", f"There is no field {name} here.", at + step(name))
