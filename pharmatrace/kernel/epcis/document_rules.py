"""The envelope of an EPCIS document in JSON: which fields it has, and what stands in them (GS1's
JSON Schema: epcisDocument, epcisQueryDocument, epcisHeader, vocabulary). Events are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pharmatrace.kernel.epcis.fields import Problems
from pharmatrace.kernel.epcis.formats import VERSION

Reader = Callable[[Problems, Any, str], Any]


def check_envelope(document: dict[str, Any], problems: Problems) -> None:
    """Notes what is wrong with a document of one of the three kinds."""
    kind = document["type"]
    required = ["@context", "epcisBody"]
    fields: dict[str, Reader] = dict(_EVERY)
    if kind != "EPCISQueryDocument":
        required += ["schemaVersion", "creationDate"]
        fields |= _HEADED
    fields["epcisBody"] = _BODIES[kind]
    _object(problems, document, "", fields, required)


def _object(
    problems: Problems, value: Any, at: str, fields: Mapping[str, Reader], required: list[str],
    *, own: bool = True,
) -> None:  # fmt: skip
    """An object with `fields`, some `required`, and, if `own`, others whose names are URIs."""
    if problems.obj(value, at, *required) is None:
        return
    if own:
        problems.own_fields(value, fields, at)
    for name, read in fields.items():
        if name in value:
            read(problems, value[name], f"{at}/{name}")


def _text(problems: Problems, value: Any, at: str) -> None:
    if not isinstance(value, str):
        problems.add("field_type", f"{at[1:]} is not a text.", at)


def _version(problems: Problems, value: Any, at: str) -> None:
    if not isinstance(value, str) or not VERSION.fullmatch(value):
        problems.add("value_invalid", "schemaVersion is numbers and dots, such as 2.0.", at)


def _anything(problems: Problems, value: Any, at: str) -> None:
    pass


def _events(problems: Problems, value: Any, at: str) -> None:
    if not isinstance(value, list):
        problems.add("field_type", "eventList is a list.", at)


def _body(problems: Problems, value: Any, at: str) -> None:
    _object(problems, value, at, {"eventList": _events}, ["eventList"], own=False)


def _master_data_body(problems: Problems, value: Any, at: str) -> None:
    _object(problems, value, at, {"vocabularyList": _lists, "eventList": _events},
            ["vocabularyList"])  # fmt: skip


def _query_body(problems: Problems, value: Any, at: str) -> None:
    _object(problems, value, at, {"queryResults": _results}, ["queryResults"])


def _results(problems: Problems, value: Any, at: str) -> None:
    fields = {"queryName": _text, "subscriptionID": _text, "resultsBody": _results_body}
    _object(problems, value, at, fields, ["queryName", "resultsBody"])


def _results_body(problems: Problems, value: Any, at: str) -> None:
    fields = {"eventList": _events, "vocabularyList": _lists}
    _object(problems, value, at, fields, ["eventList"])


def _header(problems: Problems, value: Any, at: str) -> None:
    _object(problems, value, at, {"epcisMasterData": _master_data}, [])


def _master_data(problems: Problems, value: Any, at: str) -> None:
    _object(problems, value, at, {"vocabularyList": _lists}, [], own=False)


def _lists(problems: Problems, value: Any, at: str) -> None:
    fields = {"type": Problems.uri, "vocabularyElementList": _elements}
    for place, item in problems.items(value, at):
        _object(problems, item, place, fields, ["type"], own=False)


def _elements(problems: Problems, value: Any, at: str) -> None:
    fields = {"id": Problems.uri, "attributes": _attributes, "children": _children}
    for place, item in problems.items(value, at):
        _object(problems, item, place, fields, ["id"], own=False)


def _attributes(problems: Problems, value: Any, at: str) -> None:
    for place, item in problems.items(value, at):
        _object(
            problems, item, place, {"id": Problems.uri, "attribute": _attribute}, ["id"], own=False
        )


def _attribute(problems: Problems, value: Any, at: str) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int | float | dict):
        problems.add("field_type", "An attribute is a text, a number or an object.", at)


def _children(problems: Problems, value: Any, at: str) -> None:
    for place, item in problems.items(value, at):
        problems.uri(item, place)


_EVERY: dict[str, Reader] = {
    "@context": Problems.context,
    "id": Problems.uri,
    "type": _anything,
    "schemaVersion": _version,
    "creationDate": Problems.moment,
}
_HEADED: dict[str, Reader] = {
    "instanceIdentifier": _text,
    "sender": _text,
    "receiver": _text,
    "epcisHeader": _header,
}
_BODIES: dict[str, Reader] = {
    "EPCISDocument": _body,
    "EPCISQueryDocument": _query_body,
    "EPCISMasterDataDocument": _master_data_body,
}
