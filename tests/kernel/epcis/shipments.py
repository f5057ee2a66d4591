"""Events as partners send them: Mia commissions, packs and ships to Dan."""

from __future__ import annotations

from typing import Any

MIA, DAN = "4012345000054", "4000001000005"
CASE = "https://id.gs1.org/00/340123451111111111"


def pack(serial: object) -> str:
    return f"https://id.gs1.org/01/04012345111118/21/{serial}"


def shipment(**changes: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "eventTime": "2026-11-20T21:00:00.000Z",
        "eventTimeZoneOffset": "+01:00",
        "epcList": [CASE],
        "bizStep": "shipping",
        "disposition": "in_transit",
        "readPoint": {"id": f"https://id.gs1.org/414/{MIA}"},
        "bizLocation": {"id": f"https://id.gs1.org/414/{MIA}"},
        "sourceList": [
            {"type": "possessing_party", "source": f"https://id.gs1.org/417/{MIA}"}
        ],
        "destinationList": [
            {"type": "possessing_party", "destination": f"https://id.gs1.org/417/{DAN}"}
        ],
        "bizTransactionList": [
            {"type": "desadv", "bizTransaction": f"urn:epcglobal:cbv:bt:{MIA}:ASN1099"}
        ],
        **changes,
    }  # fmt: skip


def commissioning(packs: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "type": "ObjectEvent",
        "action": "ADD",
        "eventTime": "2026-11-20T20:00:00.000Z",
        "eventTimeZoneOffset": "+01:00",
        "epcList": [pack(10_000 + number) for number in range(packs)],
        "bizStep": "commissioning",
        "disposition": "active",
        "readPoint": {"id": f"https://id.gs1.org/414/{MIA}"},
        "ilmd": {"cbvmda:lotNumber": "LOT1", "cbvmda:itemExpirationDate": "2027-10-31"},
        **changes,
    }


def packing(**changes: Any) -> dict[str, Any]:
    return {
        "type": "AggregationEvent",
        "action": "ADD",
        "eventTime": "2026-11-20T20:30:00.000Z",
        "eventTimeZoneOffset": "+01:00",
        "parentID": CASE,
        "childEPCs": [pack("B"), pack("A")],
        "bizStep": "packing",
        **changes,
    }


def without(obj: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in obj.items() if name not in names}
