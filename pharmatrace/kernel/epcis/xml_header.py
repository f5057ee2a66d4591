"""What stands around the events of an EPCIS XML document, in the JSON names of EPCIS 2.0 §10."""

from __future__ import annotations

from typing import Any

from pharmatrace.kernel.epcis.xml_checking import SBDH
from pharmatrace.kernel.epcis.xml_elements import Element
from pharmatrace.kernel.epcis.xml_json import EventJson
from pharmatrace.kernel.epcis.xml_master_data import master_data

_JOB = ("captureErrorBehaviour", "createdAt", "finishedAt", "errorFile")


def header_of(root: Element) -> dict[str, Any]:
    """`schemaVersion`, `creationDate`, `sender`, `receiver`, `instanceIdentifier` (from the SBDH),
    `vocabularyList` (master data, from header or body), `epcisHeader` (elements of third parties in the
    header, with their prefixes in `namespaces`), `queryName`, `subscriptionID`; for a capture job its own fields. Only what the document has."""
    found: dict[str, Any] = {}
    for name in ("schemaVersion", "creationDate", "captureID"):
        value = root.attribute(name)
        if value is not None:
            found[name] = value.strip()
    for name in ("running", "success"):
        value = root.attribute(name)
        if value is not None:
            found[name] = value.strip() in ("true", "1")
    if root.name == "EPCISCaptureJob":
        _take_job(root, found)
    header = root.child("EPCISHeader")
    if header is not None:
        _take_sbdh(header, found)
        _take_own_fields(header, found)
        extension = header.child("extension")
        data = extension.child("EPCISMasterData") if extension else None
        _take_master_data(data, found)
    body = root.child("EPCISBody")
    if body is not None:
        _take_master_data(body, found)
        for results in body.children:
            if results.name == "QueryResults":
                _take_results(results, found)
    return found


def _take_own_fields(header: Element, found: dict[str, Any]) -> None:
    """What third parties put behind the header of a business document, as the transaction statement of the DSCSA."""
    holder = Element("", header.name, header.line, header.column, header.scope)
    holder.children = [child for child in header.children if child.namespace not in ("", SBDH)]
    if holder.children:
        said = EventJson(holder, wild=True)
        found["epcisHeader"], found["namespaces"] = said.obj, said.namespaces


def _take_sbdh(header: Element, found: dict[str, Any]) -> None:
    for sbdh in header.children:
        if sbdh.name != "StandardBusinessDocumentHeader":
            continue
        for part in sbdh.children:
            for inner in part.children:
                if not inner.text.strip():
                    continue  # 1.2 wants one even where nobody is named
                if part.name == "Sender" and inner.name == "Identifier":
                    found.setdefault("sender", inner.text.strip())
                elif part.name == "Receiver" and inner.name == "Identifier":
                    found.setdefault("receiver", inner.text.strip())
                elif part.name == "DocumentIdentification" and inner.name == "InstanceIdentifier":
                    found["instanceIdentifier"] = inner.text.strip()


def _take_master_data(holder: Element | None, found: dict[str, Any]) -> None:
    listed = holder.child("VocabularyList") if holder is not None else None
    if listed is not None:
        found["vocabularyList"] = master_data(listed)


def _take_results(results: Element, found: dict[str, Any]) -> None:
    for name in ("queryName", "subscriptionID"):
        child = results.child(name)
        if child is not None:
            found[name] = child.text.strip()
    _take_master_data(results.child("resultsBody"), found)


def _take_job(root: Element, found: dict[str, Any]) -> None:
    for child in root.children:
        if child.name in _JOB and not child.namespace:
            found[child.name] = child.text.strip()
        elif child.name == "errors":
            found["errors"] = [
                {part.name: _problem_value(part) for part in error.children}
                for error in child.children
            ]


def _problem_value(part: Element) -> str | int:
    text = part.text.strip()
    return int(text) if part.name == "status" else text
