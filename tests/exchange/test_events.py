"""GET /epcis/events: who sees what, which question finds what, page by page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.custody.services import capture
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.documents import check_document
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import read_event
from pharmatrace.kernel.epcis.xml_reading import XmlDocument
from tests.cast import member
from tests.custody.goods import CASE, CASE_2, EXPIRY, LOT, START, Goods, uri, uris

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(mia: Any, dan: Any, petra: Any, rosa: Any, goods: Goods) -> Goods:
    """Mia makes four packs, packs three into a case (and takes S2 out again), ships it to Dan; Dan sells
    S0 on to Petra. S3 stays with Mia."""
    for result in (
        goods.commission(mia, uris(4)),
        goods.pack(mia, CASE, [uri("S0"), uri("S1"), uri("S2")]),
        goods.unpack(mia, CASE, [uri("S2")]),
        goods.ship(mia, [CASE], dan),
        goods.receive(dan, [CASE], mia),
        goods.unpack(dan, CASE, [uri("S0")]),
        goods.ship(dan, [uri("S0")], petra),
        goods.receive(petra, [uri("S0")], dan),
    ):
        result.raise_refused()
    return goods


def steps(events: list[Any]) -> list[str]:
    return [one["bizStep"] for one in events]


ALL = [
    "commissioning", "packing", "unpacking", "shipping", "receiving", "unpacking", "shipping",
    "receiving",
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("rosa", ALL),
        ("mia", ["commissioning", "packing", "unpacking", "shipping", "receiving"]),
        ("dan", ["shipping", "receiving", "unpacking", "shipping", "receiving"]),
        ("petra", ["shipping", "receiving"]),
    ],
)
def test_everyone_sees_what_they_did_or_received(
    machine: Any, chain: Goods, request: Any, who: str, seen: list[str]
) -> None:
    assert steps(machine(request.getfixturevalue(who)).events()) == seen


def test_upstream_is_there_for_who_had_the_pack(machine: Any, petra: Any, chain: Goods) -> None:
    events = machine(petra).events(MATCH_anyEPC=uri("S0"))
    assert steps(events) == [
        "commissioning", "packing", "unpacking", "shipping", "receiving",
    ]  # fmt: skip


def test_upstream_shows_no_serial_of_somebody_else(machine: Any, petra: Any, chain: Goods) -> None:
    commissioning, packing, *_ = machine(petra).events(MATCH_epc=uri("S0"))
    assert commissioning["epcList"] == [uri("S0")]
    assert packing["childEPCs"] == [uri("S0")]
    assert machine(petra).events(MATCH_epc=uri("S1")) == []


def test_who_receives_a_case_sees_what_was_in_it(machine: Any, dan: Any, chain: Goods) -> None:
    events = machine(dan).events(MATCH_parentID=CASE)
    packing, unpacking = events
    assert unpacking["childEPCs"] == [uri("S0")]  # his own; Mia's is about a pack he never had
    assert packing["childEPCs"] == [uri("S0"), uri("S1")]  # S2 was taken out before


def test_what_follows_is_not_upstream(machine: Any, mia: Any, chain: Goods) -> None:
    assert steps(machine(mia).events(MATCH_epc=uri("S0"))) == ["commissioning", "packing"]


def test_an_event_keeps_its_hash(machine: Any, rosa: Any, chain: Goods) -> None:
    for one in machine(rosa).events():
        assert event_hash(read_event(one)) == one["eventID"]
        assert one["recordTime"]


def test_xml_says_the_same(machine: Any, rosa: Any, chain: Goods) -> None:
    answer = machine(rosa).get("/events", headers={"Accept": "application/xml"})
    hashes = [event_hash(one) for _, one in XmlDocument(answer.content)]  # type: ignore[arg-type]
    assert hashes == [one["eventID"] for one in machine(rosa).events()]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("eventType", "AggregationEvent", 3),
        ("eventType", "AggregationEvent|ObjectEvent", 8),
        ("eventType", "TransformationEvent", 0),
        ("EQ_action", "ADD", 2),
        ("EQ_bizStep", "shipping", 2),
        ("EQ_bizStep", "urn:epcglobal:cbv:bizstep:shipping", 2),
        ("EQ_bizStep", "https://ref.gs1.org/cbv/BizStep-shipping|packing", 3),
        ("EQ_bizStep", "of_my_own", 0),
        ("EQ_disposition", "in_transit", 2),
        ("EQ_readPoint", "https://id.gs1.org/414/8437000000020", 3),
        ("EQ_bizLocation", "https://id.gs1.org/414/5602000000025", 1),
        ("EQ_bizLocation", "https://example.org/", 0),
        ("MATCH_epc", uri("S2"), 3),
        ("MATCH_epc", CASE, 2),
        ("MATCH_epc", f"{CASE}|{uri('S3')}", 3),
        ("MATCH_anyEPC", CASE, 5),
        ("MATCH_parentID", CASE, 3),
        ("MATCH_parentID", CASE_2, 0),
        ("MATCH_epc", "https://example.org/1", 0),
        ("EQ_eventID", "urn:uuid:nobody", 0),
        ("EQ_eventID", "ni:///sha-256;" + "x" * 64 + "?ver=CBV2.0", 0),
        ("EQ_bizTransaction_desadv", "urn:epcglobal:cbv:bt:5601000000011:D1", 2),
        ("EQ_bizTransaction_inv", "urn:epcglobal:cbv:bt:5601000000011:D1", 0),
        ("EQ_source_possessing_party", "https://id.gs1.org/417/8437000000013", 2),
        ("EQ_destination_possessing_party", "https://id.gs1.org/417/8437000000013", 2),
        ("GE_eventTime", (START + timedelta(hours=7)).isoformat(), 2),
        ("LT_eventTime", (START + timedelta(hours=7)).isoformat(), 6),
        ("GE_recordTime", (START + timedelta(hours=8)).isoformat(), 1),
        ("LT_recordTime", "2026-11-02T09:00:00+00:00", 0),
    ],
)
def test_one_parameter(
    machine: Any, rosa: Any, chain: Goods, name: str, value: str, found: int
) -> None:
    assert len(machine(rosa).events(**{name: value})) == found


def test_parameters_narrow_each_other(machine: Any, rosa: Any, chain: Goods) -> None:
    assert len(machine(rosa).events(EQ_bizStep="unpacking", MATCH_epc=uri("S2"))) == 1


def test_the_id_of_an_event_finds_it(machine: Any, rosa: Any, petra: Any, chain: Goods) -> None:
    events = machine(rosa).events()
    names = [events[0]["eventID"], events[7]["eventID"]]
    assert machine(rosa).events(EQ_eventID="|".join(names)) == [events[0], events[7]]
    [mine] = machine(petra).events(EQ_eventID="|".join(names))
    assert mine["eventID"] == names[1]


@pytest.mark.parametrize(
    "parameters",
    [
        {"EQ_color": "red"}, {"EQ_bizStep": "a||b"},
        {"eventType": "Nothing"}, {"EQ_action": "add"}, {"GE_eventTime": "yesterday"},
        {"GE_eventTime": "2026-11-02T09:00:00"}, {"orderBy": "color"}, {"orderDirection": "UP"},
        {"eventCountLimit": "1"}, {"eventCountLimit": "0", "orderBy": "eventTime"},
        {"maxEventCount": "x"}, {"perPage": "0"}, {"perPage": "-1"}, {"perPage": "a" * 5000}, {"GE_eventTime": "2026-13-01T00:00:00Z"}, {"nextPageToken": "x"},
        {"eventCountLimit": "1", "maxEventCount": "1", "orderBy": "eventTime"},
        {"MATCH_epc": "urn:epc:idpat:sgtin:560100.*"}, {"MATCH_epc": "urn:epc:id:sgtin:1.2"},
        {"EQ_bizTransaction_": "x"}, {"EQ_bizStep": "a\x00"}, {"": "x"},
        {"MATCH_epc": "|".join(uris(21))},
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(machine: Any, rosa: Any, parameters: Any) -> None:
    answer = machine(rosa).get("/events", **parameters)
    assert answer.status_code == 400, answer.content
    assert answer.json()["type"] == "epcisException:QueryParameterException"


def test_order_and_limit(machine: Any, rosa: Any, chain: Goods) -> None:
    me = machine(rosa)
    newest = me.events(orderBy="eventTime", eventCountLimit="3")
    assert newest == me.events()[:4:-1]
    assert me.events(orderBy="recordTime", orderDirection="ASC") == me.events()


def test_too_many_is_an_exception(machine: Any, rosa: Any, chain: Goods) -> None:
    assert machine(rosa).get("/events", maxEventCount="8").status_code == 200
    answer = machine(rosa).get("/events", maxEventCount="7")
    assert answer.status_code == 413
    assert answer.json()["type"] == "epcisException:QueryTooLargeException"


def pages(me: Any, path: str, **parameters: str) -> list[Any]:
    """All pages, followed by their links."""
    found, answer = [], me.get(path, **parameters)
    while True:
        found.append(answer.json())
        if "Link" not in answer:
            return found
        assert answer["GS1-Next-Page-Token-Expires"]
        address = answer["Link"].partition("<")[2].partition(">")[0]
        answer = me.client.get(address, headers=me.headers)
        assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    ("parameters", "sizes"),
    [
        ({}, [3, 3, 2]),
        ({"perPage": "8"}, [8]),
        ({"orderBy": "eventTime"}, [3, 3, 2]),
        ({"orderBy": "recordTime", "orderDirection": "ASC"}, [3, 3, 2]),
        ({"orderBy": "eventTime", "eventCountLimit": "5"}, [3, 2]),
        ({"orderBy": "eventTime", "eventCountLimit": "6"}, [3, 3]),
    ],
)
def test_pages(machine: Any, rosa: Any, chain: Goods, parameters: Any, sizes: list[int]) -> None:
    lists = [
        one["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
        for one in pages(machine(rosa), "/events", **{"perPage": "3"} | parameters)
    ]
    assert [len(one) for one in lists] == sizes
    whole = machine(rosa).events(**{**parameters, "perPage": "100"})
    assert [event for one in lists for event in one] == whole


def test_a_token_is_good_for_its_question_only(
    machine: Any, rosa: Any, mia: Any, chain: Goods
) -> None:
    link = machine(rosa).get("/events", perPage="3")["Link"]
    token = link.partition("nextPageToken=")[2].partition(">")[0]

    token = unquote(token)
    assert machine(rosa).get("/events", nextPageToken=token).status_code == 200
    for who, more in ((mia, {}), (rosa, {"EQ_action": "ADD"})):
        assert machine(who).get("/events", nextPageToken=token, **more).status_code == 400


def test_the_number_of_queries_does_not_grow(machine: Any, mia: Any, chain: Goods) -> None:
    me, counts = machine(mia), []
    me.events(perPage="1")  # that the token was used is written down once
    for size in ("1", "5"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            me.events(perPage=size)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize(
    ("path", "who", "members"),
    [
        ("/bizSteps", "rosa", ["commissioning", "packing", "receiving", "shipping", "unpacking"]),
        ("/bizSteps", "petra", ["receiving", "shipping"]),
        ("/dispositions", "petra", ["in_progress", "in_transit"]),
        ("/readPoints", "petra", [
            "https://id.gs1.org/414/5602000000025", "https://id.gs1.org/414/8437000000020"]),
        ("/bizLocations", "mia", [
            "https://id.gs1.org/414/5601000000028", "https://id.gs1.org/414/8437000000020"]),
        ("/epcs", "petra", [uri("S0")]),
        ("/epcs", "rosa", [*uris(4), CASE]),
        ("/epcs", "dan", [uri("S0"), CASE]),
    ],
)  # fmt: skip
def test_members(
    machine: Any, chain: Goods, request: Any, path: str, who: str, members: list[str]
) -> None:
    me = machine(request.getfixturevalue(who))
    [whole] = pages(me, path)
    assert (whole["type"], sorted(whole["member"])) == ("Collection", sorted(members))
    assert [m for one in pages(me, path, perPage="1") for m in one["member"]] == whole["member"]


@pytest.mark.parametrize(
    ("path", "who", "found"),
    [
        ("/eventTypes/AggregationEvent", "rosa", 3),
        ("/eventTypes/Nothing", "rosa", None),
        ("/bizSteps/shipping", "rosa", 2),
        ("/bizSteps/packing", "petra", None),
        ("/dispositions/in_transit", "petra", 1),
        ("/readPoints/https%3A%2F%2Fid.gs1.org%2F414%2F8437000000020", "petra", 1),
        ("/bizLocations/https%3A%2F%2Fid.gs1.org%2F414%2F5601000000028", "petra", None),
        ("/epcs/https%3A%2F%2Fid.gs1.org%2F01%2F09521234543213%2F21%2FS0", "petra", 5),
        ("/epcs/https%3A%2F%2Fid.gs1.org%2F01%2F09521234543213%2F21%2FS1", "petra", None),
        ("/epcs/nonsense", "rosa", None),
    ],
)
def test_a_member_and_its_events(
    machine: Any, chain: Goods, request: Any, path: str, who: str, found: int | None
) -> None:
    me = machine(request.getfixturevalue(who))
    if found is None:
        for one in (path, path + "/events"):
            answer = me.get(one)
            assert answer.status_code == 404
            assert answer.json()["type"] == "epcisException:NoSuchNameException"
        return
    assert me.get(path).json()["member"] == ["events"]
    assert len(me.events(path + "/events")) == found


def test_the_address_says_it_already(machine: Any, rosa: Any, chain: Goods) -> None:
    answer = machine(rosa).get("/bizSteps/shipping/events", EQ_bizStep="packing")
    assert answer.json()["type"] == "epcisException:QueryParameterException"


def test_an_event_of_others_is_not_there(machine: Any, rosa: Any, petra: Any, chain: Goods) -> None:

    first = machine(rosa).events()[0]["eventID"]
    address = "/events/" + quote(first, safe="")
    assert len(machine(rosa).events(address)) == 1
    assert machine(petra).get(address).status_code == 404


@pytest.mark.parametrize(
    "parameters",
    [
        {"perPage": "9" * 5000}, {"GE_eventTime": "0001-01-01T00:00:00+14:00"},
        {"LT_recordTime": "9999-12-31T23:59:59-14:00"}, {"MATCH_epc": "\ud7ff'\"%|}{"},
        {"EQ_source_'x": "1"}, {"maxEventCount": "9" * 5000},
    ],
)  # fmt: skip
def test_an_odd_question_is_answered(
    machine: Any, rosa: Any, chain: Goods, parameters: Any
) -> None:
    assert machine(rosa).get("/events", **parameters).status_code == 200


def test_a_packing_that_was_undone_on_the_way_is_not_told(
    machine: Any, mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    for result in (
        goods.pack(mia, CASE, [uri("S0")]),
        goods.pack(mia, CASE, [uri("S1")]),
        goods.unpack(mia, CASE, [uri("S0")]),
        goods.ship(mia, [CASE], dan),
    ):
        result.raise_refused()
    assert [one["childEPCs"] for one in machine(dan).events(MATCH_parentID=CASE)] == [[uri("S1")]]


def test_an_event_keeps_the_id_its_sender_gave(machine: Any, mia: Any, goods: Goods) -> None:
    event = acts.commission(uris(1), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=START)
    name = "urn:uuid:f3a1c0de-0000-4000-8000-000000000001"
    named = replace(event, event_id=name)
    capture(actor=mia.actor, events=[named], at=START).raise_refused()
    me = machine(mia)
    for address in (name, event_hash(event)):
        [found] = me.events("/events/" + quote(address, safe=""))
        assert found["eventID"] == name


@pytest.mark.parametrize(
    ("who", "parameters"),
    [("rosa", {}), ("petra", {"MATCH_epc": uri("S0")}), ("stranger", {"MATCH_epc": uri("S0")})],
)
def test_answers_are_what_the_schema_says(
    machine: Any, chain: Goods, request: Any, who: str, parameters: Any
) -> None:
    if who == "stranger":  # to this chain: a maker of other things
        someone = member(
            name="Otto", kind="manufacturer", company="Otto", gln="5604000000012",
            site_gln="5604000000029", city="Faro", country="PT", activity="manufacture",
        )  # fmt: skip
        assert machine(someone).events(**parameters) == []
    else:
        someone = request.getfixturevalue(who)
    answer = machine(someone).get("/events", **parameters)
    assert check_document(answer.content) == []


def test_the_next_page_of_an_odd_value_is_found(machine: Any, mia: Any, goods: Goods) -> None:
    """What stands in the address is percent-encoded again in the link to the next page."""
    odd = "https://mia.example/a%20b/ä?c=d#e"
    for serial in ("S0", "S1"):
        event = acts.commission(
            [uri(serial)], lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=START
        )
        capture(actor=mia.actor, events=[replace(event, read_point=odd)], at=START).raise_refused()
    me = machine(mia)
    first = me.get(f"/readPoints/{quote(odd, safe='')}/events", perPage="1")
    assert first.status_code == 200, first.content
    address = first["Link"].partition("<")[2].partition(">")[0]
    assert first["Link"] == f'<{address}>; rel="next"'
    second = me.client.get(address, headers=me.headers)
    assert b"S1" in second.content
    assert "Link" not in second
