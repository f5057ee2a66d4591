"""Which fields an event must have, and which it has only together (EPCIS 2.0 §7.4, GS1's JSON
Schema). The fields by themselves are read elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pharmatrace.kernel.epcis.fields import Problems

_EVERY = ("eventTime", "eventTimeZoneOffset")
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "": _EVERY,
    "ObjectEvent": (*_EVERY, "action"),
    "AggregationEvent": (*_EVERY, "action"),
    "TransactionEvent": (*_EVERY, "action", "bizTransactionList"),
    "TransformationEvent": _EVERY,
    "AssociationEvent": (*_EVERY, "action", "parentID"),
}


def check_rules(obj: Mapping[str, Any], kind: str, problems: Problems) -> None:
    """Notes what `obj`, an event of `kind` (or of none of the standard's), lacks."""
    for name in REQUIRED[kind]:
        if name not in obj:
            problems.add("field_missing", f"{name} is missing.", f"/{name}")
    if kind == "ObjectEvent":
        _object(obj, problems)
    elif kind in ("AggregationEvent", "AssociationEvent"):
        _children(obj, kind, problems)
    elif kind == "TransactionEvent":
        _transaction(obj, problems)
    elif kind == "TransformationEvent":
        _transformation(obj, problems)


def _some(obj: Mapping[str, Any], *names: str) -> bool:
    """Whether one of the lists has entries; what is no list has been noted already."""
    return any(obj.get(name) for name in names)


def _object(obj: Mapping[str, Any], problems: Problems) -> None:
    seen = _some(obj, "sensorElementList") and "readPoint" in obj
    if "epcList" not in obj and not seen and not _some(obj, "quantityList"):
        problems.add(
            "field_missing",
            "An ObjectEvent has an epcList, a quantityList, or sensor elements at a readPoint.",
            "/epcList",
        )
    # The XSD has ilmd with every action.
    if problems.strict and "ilmd" in obj and obj.get("action") in ("OBSERVE", "DELETE"):
        problems.add(
            "field_misplaced", "ilmd stands only in an ObjectEvent with action ADD.", "/ilmd"
        )


def _children(obj: Mapping[str, Any], kind: str, problems: Problems) -> None:
    # Only DELETE may leave out the children: it then means all of them (§7.4.3).
    if obj.get("action") != "DELETE" and not _some(obj, "childEPCs", "childQuantityList"):
        problems.add("field_missing", "ADD and OBSERVE need children (childEPCs).", "/childEPCs")
    if kind == "AggregationEvent" and obj.get("action") != "OBSERVE" and "parentID" not in obj:
        problems.add("field_missing", "ADD and DELETE need a parentID.", "/parentID")


def _transaction(obj: Mapping[str, Any], problems: Problems) -> None:
    if obj.get("bizTransactionList") == []:
        problems.add(
            "field_missing", "A TransactionEvent has a business transaction.", "/bizTransactionList"
        )
    if "epcList" in obj or _some(obj, "quantityList") or obj.get("action") == "DELETE":
        return
    problems.add("field_missing", "ADD and OBSERVE need an epcList or a quantityList.", "/epcList")


def _transformation(obj: Mapping[str, Any], problems: Problems) -> None:
    inputs = _some(obj, "inputEPCList", "inputQuantityList")
    outputs = _some(obj, "outputEPCList", "outputQuantityList")
    if inputs and outputs:
        return
    if "transformationID" in obj and (inputs or outputs):
        return
    problems.add(
        "field_missing",
        "A TransformationEvent has inputs and outputs, or some of them and a transformationID.",
        "/outputEPCList" if inputs else "/inputEPCList",
    )
