"""GS1's own openapi.yaml against the running service: schemathesis asks, in and out of the schema, and every
answer has a status, headers, a content type and a body that the document has. No 500.

`PHARMATRACE_CONTRACT_EXAMPLES=500` makes a long run of it by hand; the normal one is the same every time.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from apps.exchange.documents import hash_id
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.jsonld import write_document
from tests.custody.goods import CASE, EXPIRY, LOT, START, Goods, uri, uris
from tests.exchange.asking import asked
from tests.exchange.standard import as_amended, as_published, operations, seed

pytestmark = pytest.mark.django_db
RESOURCES = (
    "", "capture", "events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints",
    "dispositions", "queries", "nextPageToken",
)  # fmt: skip


@pytest.fixture
def me(machine: Any, mia: Any, dan: Any, goods: Goods) -> Any:
    """Mia's machine; she made packs, one with a field of her own, packed some and sent them to Dan, who
    received them."""
    one = acts.commission([uri("S9")], lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=START)
    own = {"extensions": {"my:a": 1}, "namespaces": {"my": "https://mia.example/ns/"}}
    for result in (
        goods.commission(mia, uris(3)),
        goods.record(mia, replace(one, **own)),
        goods.pack(mia, CASE, uris(2)),
        goods.ship(mia, [CASE], dan),
        goods.receive(dan, [CASE], mia),
    ):
        result.raise_refused()
    return machine(mia)


@pytest.fixture
def values(me: Any, mia: Any) -> dict[str, list[str]]:
    """What there is, and what there is not, for every path parameter."""
    answer = me.post("/capture", write_document([], START) | {"epcisBody": {"eventList": [{}]}},
                     GS1_Capture_Error_Behaviour="proceed")  # fmt: skip
    assert answer.status_code == 202
    place = f"https://id.gs1.org/414/{mia.site.gln}"
    nothing = ["urn:x:nothing", "nothing", "\u00e4 %/?#", "a" * 300]
    first = CustodyEvent.objects.earliest("id")
    me.post("/queries", {"name": "shipments", "query": {"EQ_bizStep": ["shipping"]}})
    wanted = {"dest": "http://127.0.0.1:9/", "stream": True}
    subscribed = me.post("/queries/shipments/subscriptions", wanted)
    assert subscribed.status_code == 201, subscribed.content
    return {
        "captureID": [answer["Location"].rpartition("/")[2], *nothing],
        "eventID": [hash_id(first), *nothing],
        "eventType": ["ObjectEvent", "AggregationEvent", *nothing],
        "epc": [CASE, uri("S0"), "urn:epc:id:sgtin:9521234.054321.S0", "urn:epc:id:x", *nothing],
        "bizStep": ["shipping", "urn:epcglobal:cbv:bizstep:packing", *nothing],
        "bizLocation": [place, "urn:epc:id:sgln:560100.000002.0", *nothing],
        "readPoint": [place, *nothing],
        "disposition": ["in_transit", *nothing],
        "queryName": ["shipments", *nothing],
        "subscriptionID": [subscribed["Location"].rpartition("/")[2], *nothing],
        "token": nothing,
    }


def test_all_paths_are_here(conformance: Path) -> None:
    document = as_published(conformance)
    assert len(document["paths"]) == 29
    assert {path.split("/")[1] for path in document["paths"]} == set(RESOURCES)


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_service_keeps_the_contract(
    resource: str, me: Any, values: dict[str, list[str]], conformance: Path
) -> None:
    document = as_amended(conformance)
    seed(document, values)
    found = {}
    with asked(document, at="/epcis") as ask:
        for path, method, _ in operations(document):
            if path.split("/")[1] != resource:
                continue
            label = f"{method.upper()} {path}"
            wrong = ask(path, method, me.headers)
            if wrong is not None:
                found[label] = wrong
    assert not found, "\n\n".join(f"{label}: {one}" for label, one in found.items())
