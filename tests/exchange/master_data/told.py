"""Documents with master data, as partners write them."""

from __future__ import annotations

from typing import Any

from apps.exchange.master_data.reading import Told, read_told
from pharmatrace.kernel.epcis.jsonld import write_document
from pharmatrace.kernel.epcis.parts import MasterDataElement, MasterDataList
from pharmatrace.kernel.epcis.xml_writing import write_document_xml
from tests.custody.goods import START

VTYPE = "urn:epcglobal:epcis:vtype:"
MDA = "urn:epcglobal:cbv:mda:"


def element(id: str, **attributes: Any) -> dict[str, Any]:
    pairs = [{"id": MDA + name, "attribute": value} for name, value in attributes.items()]
    return {"id": id, "attributes": pairs}


def lists(**vocabularies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`lists(Location=[element(…)])` is a vocabularyList."""
    return [
        {"type": VTYPE + name, "vocabularyElementList": elements}
        for name, elements in vocabularies.items()
    ]


def header(vocabularies: list[dict[str, Any]], events: Any = ()) -> dict[str, Any]:
    """An EPCISDocument with master data in its header."""
    return write_document(events, START) | {
        "epcisHeader": {"epcisMasterData": {"vocabularyList": vocabularies}}
    }


def alone(vocabularies: list[dict[str, Any]]) -> dict[str, Any]:
    """An EPCISMasterDataDocument."""
    return write_document([], START) | {
        "type": "EPCISMasterDataDocument",
        "epcisBody": {"vocabularyList": vocabularies},
    }


def xml(vocabularies: list[dict[str, Any]], events: Any = (), **options: Any) -> bytes:
    found = tuple(
        MasterDataList(
            type=one["type"],
            elements=tuple(
                MasterDataElement(
                    id=e["id"], attributes=tuple((a["id"], a["attribute"]) for a in e["attributes"])
                )
                for e in one["vocabularyElementList"]
            ),
        )
        for one in vocabularies
    )
    return write_document_xml(events, created_at=START, master_data=found, **options)


def told(vocabularies: list[dict[str, Any]], sender: str = "") -> Told:
    import json

    body = header(vocabularies) | ({"sender": sender} if sender else {})
    return read_told(json.dumps(body).encode(), "json")
