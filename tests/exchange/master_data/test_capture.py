"""Master data through /epcis/capture: proposals are made, events go their own way."""

from __future__ import annotations

from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from apps.exchange.master_data.models import Proposal, VocabularyElement
from apps.parties.models import Site
from tests.custody.goods import Goods
from tests.exchange.master_data.told import alone, element, header, lists, xml
from tests.exchange.test_capture import commissioning, job_of

pytestmark = pytest.mark.django_db
DOCK = "urn:epc:id:sgln:560100.000003.0"


def places() -> list[dict[str, Any]]:
    return lists(Location=[element(DOCK, name="Dock", city="Porto", countryCode="PT")])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (alone(places()), "application/json"),
        (xml(places(), version="2.0", only_master_data=True), "application/xml"),
        (xml(places(), version="1.2", only_master_data=True), "text/xml"),
    ],
    ids=["json", "xml 2.0", "xml 1.2"],
)
def test_a_document_of_master_data_alone_is_accepted(
    machine: Any, mia: Any, goods: Goods, body: Any, kind: str
) -> None:
    me = machine(mia)
    job = job_of(me, me.post("/capture", body, kind))
    assert (job["running"], job["success"], job["errors"]) == (False, True, [])
    assert job["masterData"] == {"elements": 1, "proposals": 1, "leftOff": 0}
    [proposal] = Proposal.objects.all()
    assert (proposal.kind, proposal.key) == ("site", "5601000000035")
    assert proposal.values == {"name": "Dock", "city": "Porto", "country": "PT"}
    assert str(proposal.job_id) == job["captureID"]
    assert not Site.objects.filter(gln="5601000000035").exists()


@pytest.mark.parametrize("mode", ["rollback", "proceed"])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_document_with_both_gets_both(
    machine: Any, mia: Any, goods: Goods, form: str, mode: str
) -> None:
    events = [commissioning(mia, "A")]
    body: Any = header(places(), events)
    kind = "application/json"
    if form == "xml":
        body, kind = xml(places(), events, version="1.2"), "application/xml"
    me = machine(mia)
    job = job_of(me, me.post("/capture", body, kind, GS1_Capture_Error_Behaviour=mode))
    assert (job["success"], len(job["receipts"])) == (True, 1)
    assert job["masterData"]["proposals"] == 1


def test_damaged_master_data_never_stands_in_the_way_of_events(
    machine: Any, mia: Any, goods: Goods
) -> None:
    body = header([{"type": 3, "vocabularyElementList": [{}]}], [commissioning(mia, "A")])
    me = machine(mia)
    job = job_of(me, me.post("/capture", body))
    assert (job["success"], len(job["receipts"])) == (True, 1)
    pointers = {one["pointer"] for one in job["masterData"]["refusals"]}
    place = "/epcisHeader/epcisMasterData/vocabularyList/0"
    assert pointers == {f"{place}/type", f"{place}/vocabularyElementList/0/id"}


def test_events_that_are_refused_leave_the_master_data(
    machine: Any, mia: Any, dan: Any, goods: Goods
) -> None:
    body = header(
        places(), [goods.shipment(mia, ["https://id.gs1.org/01/09521234543213/21/X"], dan)]
    )
    me = machine(mia)
    job = job_of(me, me.post("/capture", body))
    assert (job["success"], job["receipts"]) == (False, [])
    assert job["masterData"]["proposals"] == 1
    assert not CustodyEvent.objects.exists()


@pytest.mark.parametrize(
    "damaged",
    [
        alone([{"type": "x"}]),
        alone(lists(Location=[{"id": DOCK, "attributes": [{"id": "a:b", "attribute": [1]}]}])),
        alone(lists(Location=[3])),  # type: ignore[list-item]
        {**alone([]), "epcisBody": {"vocabularyList": {}}},
    ],
)
def test_damaged_master_data_alone_is_refused_with_its_place(
    machine: Any, mia: Any, goods: Goods, damaged: Any
) -> None:
    answer = machine(mia).post("/capture", damaged)
    assert answer.status_code == 400, answer.content
    assert "/epcisBody/vocabularyList" in answer.content.decode()


def test_lists_where_the_envelope_has_no_place_for_them_are_not_read(
    machine: Any, mia: Any, goods: Goods
) -> None:
    body = header([])
    body["epcisBody"]["vocabularyList"] = [3]
    query = {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": []}}
    results = header([3]) | {  # type: ignore[list-item]
        "type": "EPCISQueryDocument", "epcisBody": {"queryResults": query},
    }  # fmt: skip
    for odd in (body, results):
        answer = machine(mia).post("/capture", odd)
        assert answer.status_code == 400, answer.content
        assert "neither events nor master data" in answer.json()["detail"]


def test_hostile_words_are_kept_as_far_as_they_can_be(machine: Any, mia: Any, goods: Goods) -> None:
    many = [{"id": f"a:{n}", "attribute": n} for n in range(500)]
    hostile = lists(
        Location=[
            element(DOCK, name="A\x00B\ud800", city="x" * 5_000, countryCode="Portugal"),
            element("urn:x:" + "9" * 900, name="X"),
            {"id": "urn:x:1", "attributes": many},
        ]
    )
    me = machine(mia)
    job = job_of(me, me.post("/capture", alone(hostile)))
    assert job["masterData"] == {"elements": 2, "proposals": 1, "leftOff": 1}
    assert Proposal.objects.get().values == {"name": "A B", "city": "x" * 1_000}
    assert len(VocabularyElement.objects.get(uri="urn:x:1").attributes) == 100


@pytest.mark.parametrize("id", ["x:\x00", "", "no uri", 7, None, "urn:\ud800:x"])
def test_names_that_are_no_uris_are_refused(machine: Any, mia: Any, goods: Goods, id: Any) -> None:
    answer = machine(mia).post("/capture", alone(lists(Location=[element(id, name="X")])))
    assert answer.status_code == 400, answer.content
    place = "/epcisBody/vocabularyList/0/vocabularyElementList/0/id"
    assert answer.json()["refusals"][0]["pointer"] == place
