"""One event in every form: URNs or links, URNs or web URIs, XML 2.0 or 1.2, and what a form cannot carry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone
from lxml import etree

from apps.custody.services import capture
from apps.jobs.services import run_one_step
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.event_hash import document_hashes
from pharmatrace.kernel.epcis.jsonld import write_document
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.epcis.parts import SensorElement, SensorReport
from pharmatrace.kernel.epcis.xml_reading import XmlDocument, document_hashes_xml
from tests.custody.goods import CASE, EXPIRY, LOT, START, Goods, uri, uris

pytestmark = pytest.mark.django_db
XML, URN = {"Accept": "application/xml"}, {"GS1-EPC-Format": "Always_EPC_URN"}
OLD = XML | {"GS1-EPCIS-Max": "1.2"}
PACK_URN = "urn:epc:id:sgtin:9521234.054321.S0"


@pytest.fixture
def chain(mia: Any, dan: Any, goods: Goods) -> Goods:
    goods.commission(mia, uris(1)).raise_refused()
    goods.pack(mia, CASE, uris(1)).raise_refused()
    goods.ship(mia, [CASE], dan).raise_refused()
    return goods


def test_links_are_urns_to_those_who_want_them(machine: Any, mia: Any, chain: Goods) -> None:
    """Places and parties too; Mia registered 560100, so her GLNs are cut there."""
    answer = machine(mia).get("/events", headers=URN)
    assert answer["GS1-EPC-Format"] == "Always_EPC_URN"
    assert "PharmaTrace-Links-Kept" not in answer
    assert b"id.gs1.org" not in answer.content
    assert PACK_URN.encode() in answer.content
    assert b"urn:epc:id:pgln:560100.000001" in answer.content
    plain = machine(mia).get("/events")
    assert plain["GS1-EPC-Format"] == "Always_GS1_Digital_Link"
    assert document_hashes(answer.json()) == document_hashes(plain.json())


def test_what_has_no_urn_stays_a_link_and_the_answer_says_so(
    machine: Any, rosa: Any, mia: Any, chain: Goods
) -> None:
    """One of the places has a GLN of a range where nobody knows how long the prefix is."""
    record_with(mia, read_point="https://id.gs1.org/414/2345678901289")
    answer = machine(rosa).get("/events", headers=URN)
    assert answer["GS1-EPC-Format"] == "No_Preference"
    assert answer["PharmaTrace-Links-Kept"] == "prefix_length_unknown;count=1"
    assert b"https://id.gs1.org/414/2345678901289" in answer.content
    assert PACK_URN.encode() in answer.content


def test_lists_are_spelled_as_wanted(machine: Any, mia: Any, chain: Goods) -> None:
    for path in ("/epcs", "/bizLocations", "/readPoints"):
        answer = machine(mia).get(path, headers=URN)
        assert answer["GS1-EPC-Format"] == "Always_EPC_URN"
        assert answer.json()["member"]
        assert all(one.startswith("urn:epc:id:") for one in answer.json()["member"])
        for member in answer.json()["member"]:
            address = f"{path}/{quote(member, safe='')}/events"
            assert machine(mia).events(address)


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        ("No_Preference", b"urn:epcglobal:cbv:bizstep:packing"),
        ("Always_URN", b"urn:epcglobal:cbv:bizstep:packing"),
        ("Always_Web_URI", b"https://ref.gs1.org/cbv/BizStep-packing"),
    ],
)
def test_words_in_xml(machine: Any, mia: Any, chain: Goods, wanted: str, word: bytes) -> None:
    answer = machine(mia).get("/events", headers=XML | {"GS1-CBV-XML-Format": wanted})
    assert word in answer.content
    assert answer["GS1-CBV-XML-Format"] == (
        "Always_Web_URI" if wanted == "Always_Web_URI" else "Always_URN"
    )
    plain = machine(mia).get("/events")
    assert sorted(document_hashes_xml(answer.content)) == sorted(document_hashes(plain.json()))


def test_what_the_sender_wrote_is_not_kept(machine: Any, mia: Any, chain: Goods) -> None:
    for header in ("GS1-EPC-Format", "GS1-CBV-XML-Format"):
        answer = machine(mia).get("/events", headers=XML | {header: "Never_Translates"})
        assert answer.status_code == 406
        assert b"not kept" in answer.content


@pytest.mark.parametrize("header", ["GS1-EPCIS-Max", "GS1-EPCIS-Version", "GS1-CBV-Max"])
def test_epcis_1_2_for_those_who_ask(machine: Any, mia: Any, chain: Goods, header: str) -> None:
    """`Accept: */*` is met with XML, since JSON has no 1.2."""
    answer = machine(mia).get("/events", headers={header: "1.2"})
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/xml"
    assert answer["GS1-EPCIS-Version"] == answer["GS1-CBV-Version"] == "1.2.0"
    assert answer["GS1-EPC-Format"] == "Always_EPC_URN"
    document = XmlDocument(answer.content)
    assert len(list(document)) == 3
    assert document.version == 1
    plain = machine(mia).get("/events")
    assert sorted(document_hashes_xml(answer.content)) == sorted(document_hashes(plain.json()))


@pytest.mark.parametrize(
    "header", [{"GS1-EPC-Format": "Always_GS1_Digital_Link"}, {"GS1-CBV-XML-Format": "Always_Web_URI"}]
)  # fmt: skip
def test_1_2_has_urns_only(machine: Any, mia: Any, chain: Goods, header: Any) -> None:
    assert machine(mia).get("/events", headers=OLD | header).status_code == 406


def test_what_1_2_cannot_carry_is_named(machine: Any, mia: Any, chain: Goods) -> None:
    report = SensorReport(type="Temperature", value=4, uom="CEL")
    record_with(mia, sensor_elements=(SensorElement(reports=(report,)),))
    answer = machine(mia).get(
        "/events", headers=OLD | {"Accept": "application/json;q=0.1, text/xml"}
    )
    assert answer.status_code == 406
    assert answer["Content-Type"] == "application/problem+xml"
    told = etree.fromstring(answer.content)
    assert "sensorElementList" in told.findtext("detail")
    refusal = told.find("{*}refusals")
    assert refusal.findtext("{*}code") == "version_cannot_carry"
    assert refusal.findtext("{*}field") == "sensorElementList"
    assert refusal.findtext("{*}eventID").startswith("ni:///sha-256;")


def test_extensions_are_announced(machine: Any, mia: Any, chain: Goods) -> None:
    record_with(mia, extensions={"my:a": "1"}, namespaces={"my": "https://mia.example/ns/"})
    assert machine(mia).get("/events")["GS1-Extensions"] == "my=https://mia.example/ns/"


@pytest.mark.parametrize("number", [1e300, -1e300, 1e-300, 2**62, 0.1])
def test_large_numbers_come_back(machine: Any, mia: Any, goods: Goods, number: Any) -> None:
    """PostgreSQL keeps 1e300 as a whole number of 301 digits."""
    record_with(mia, extensions={"my:a": number}, namespaces={"my": "urn:my:"})
    me = machine(mia)
    [event] = me.events()
    assert float(event["my:a"]) == number
    assert me.get("/events", headers=XML).status_code == 200
    assert (
        event["eventID"]
        == document_hashes(
            {
                "type": "EPCISDocument",
                "@context": {"my": "urn:my:"},
                "epcisBody": {"eventList": [event]},
            }
        )[0]
    )


def test_an_odd_extension_breaks_no_header(machine: Any, mia: Any, chain: Goods) -> None:
    odd = {"my": "https://mia.example/ä,b/"}
    record_with(mia, extensions={"my:a": "1"}, namespaces=odd)
    answer = machine(mia).get("/events")
    assert answer.status_code == 200
    assert "GS1-Extensions" not in answer


def test_the_top_in_xml(machine: Any, mia: Any) -> None:
    answer = machine(mia).get("/", headers=XML)
    assert answer["Content-Type"] == "application/xml"
    top = etree.fromstring(answer.content)
    assert (top.tag, top.findtext("type")) == ("TopLevelResourceCollection", "Collection")
    assert [one.text for one in top.findall("member")] == machine(mia).get("/").json()["member"]


def test_a_capture_job_in_xml(
    machine: Any, mia: Any, dan: Any, goods: Goods, conformance: Path
) -> None:
    """Valid by GS1's XSD, with errors and receipts."""
    good = acts.commission([uri("A")], lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=START)
    body = write_document([good, goods.shipment(mia, [uri("nobody")], dan)], START)
    me = machine(mia)
    answer = me.post(
        "/capture", body, Accept="application/xml", GS1_Capture_Error_Behaviour="proceed"
    )
    assert answer.status_code == 202
    while run_one_step(at=timezone.now()):
        pass
    told = me.get(answer["Location"].removeprefix("/epcis"), headers=XML)
    job = etree.fromstring(told.content)
    schema_of(conformance).assertValid(job)
    assert (job.get("running"), job.get("success")) == ("false", "false")
    error = job.find("errors/error")
    assert error.findtext("type") == "epcisException:ValidationException"
    assert error.findtext("{*}place") == "/epcisBody/eventList/1"
    assert job.find("{*}receipts").findtext("{*}eventID") in document_hashes(body)


def test_problems_in_xml_are_valid(machine: Any, mia: Any, conformance: Path) -> None:
    """Whatever the caller sent: it is quoted in the reason."""
    for bad in ("red", "\x00\x01<&]]>\ud7ff\uffff"):
        answer = machine(mia).get("/events", headers=XML, EQ_action=bad)
        assert answer.status_code == 400
        schema_of(conformance).assertValid(etree.fromstring(answer.content))


def schema_of(conformance: Path) -> etree.XMLSchema:
    folder = conformance / "gs1-epcis" / "XSD"
    return etree.XMLSchema(etree.parse(folder / "EPCglobal-epcis-2_0.xsd"))


def record_with(mia: Any, **fields: Any) -> None:
    """One more event of Mia's, with something rare in it."""
    event: Event = acts.commission(
        [uri("RARE")], lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=START
    )
    capture(actor=mia.actor, events=[replace(event, **fields)], at=START).raise_refused()
