"""Broken copies of a JSON document: every field removed, renamed, retyped and filled with values
that are wrong somewhere. A mutation is told by what it does and where, list positions left out.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

WRONG = (
    None, True, 0, -1.5, "", "text", "ex:x y", "urn:x", "ex:value", "https://[::1/x", "https://e.example/ä",
    "https://e.example/%zz", "//e.example/x", "2026-02-30T00:00:00Z", "2026-02-28T24:00:00Z",
    "2026-02-28t23:59:59.1234567z", "2026-02-28T12:00:00", "2026-02-28 12:00:00Z", "+15:00",
    "+01:60", "-14:00", "+1:00", "add", "ADD", "DELETE", "OBSERVE", "shipping", "in_transit", "po",
    "location", "did_not_occur", "Temperature", "ALARM_CONDITION", "x",
    "urn:epcglobal:cbv:bizstep:shipping", "urn:epcglobal:cbv:disp:active",
    "https://ref.gs1.org/cbv/BizStep-shipping", "https://ns.gs1.org/cbv/BizStep-shipping",
    "https://gs1.org/voc/Temperature", "gs1:Temperature", "cbv:BizStep-nonsense", "KGMX", "K", "kgm",
    "2.0", "2.", "0xff", "FF", "ObjectEvent", "TransactionEvent", "TransformationEvent",
    "EPCISDocument", [], ["text"], ["urn:x:1"], ["urn:x:1", "urn:x:1"], [5], [{}], {}, {"id": "urn:x"},
    {"ex:a": 1}, {"a": 1},
)  # fmt: skip
ADDED = {
    "a": 1, "ex:a": None, "ex a:b": 1, "comment": "x", "rdfs:comment": "x", "@context": {},
    "id": "urn:x:1", "type": "po", "ilmd": {}, "epcList": ["urn:x:1"], "childEPCs": [],
    "quantityList": [], "sensorElementList": [], "persistentDisposition": {"set": ["active"]},
    "parentID": "urn:x:1", "action": "ADD", "transformationID": "urn:x:1", "recordTime": "now",
    "errorDeclaration": {}, "certificationInfo": [],
}  # fmt: skip

Path = tuple[str | int, ...]


def mutations(document: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """`(what and where, what makes the broken copy)` for every single mutation of `document`."""
    for path in list(paths(document)):
        shape = "/".join("*" if isinstance(step, int) else step for step in path)
        value = at(document, path)
        for number, wrong in enumerate(WRONG):
            yield f"{shape} = {number}:{wrong!r}", partial(_changed, document, path, wrong)
        if isinstance(path[-1], str):
            yield f"{shape} removed", partial(_without, document, path)
            yield f"{shape} renamed", partial(_renamed, document, path, f"{path[-1]}x")
            yield f"{shape} renamed to a URI", partial(_renamed, document, path, f"ex:{path[-1]}")
        if isinstance(value, dict):
            for name, added in ADDED.items():
                if name not in value:
                    yield f"{shape} + {name}", partial(_changed, document, (*path, name), added)
        if isinstance(value, list) and value:
            yield f"{shape} doubled", partial(_changed, document, path, [*value, value[0]])
            yield f"{shape} halved", partial(_changed, document, path, value[:-1])
            yield f"{shape} as one", partial(_changed, document, path, value[0])


def paths(value: Any, start: Path = ()) -> Iterator[Path]:
    """Every place in `value`, except the insides of extensions."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for step, inner in items:
        yield (*start, step)
        if not (isinstance(step, str) and ":" in step):
            yield from paths(inner, (*start, step))


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _changed(document: Any, path: Path, value: Any) -> Any:
    broken = copy.deepcopy(document)
    at(broken, path[:-1])[path[-1]] = copy.deepcopy(value)
    return broken


def _without(document: Any, path: Path) -> Any:
    broken = copy.deepcopy(document)
    del at(broken, path[:-1])[path[-1]]
    return broken


def _renamed(document: Any, path: Path, name: str) -> Any:
    broken = copy.deepcopy(document)
    holder = at(broken, path[:-1])
    holder[name] = holder.pop(path[-1])
    return broken
