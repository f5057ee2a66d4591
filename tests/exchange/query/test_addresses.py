"""Questions as they come over HTTP: what the address declares, lists of values, refusals, time-outs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from apps.exchange import bounded
from tests.custody.goods import CASE, Goods, uri, uris
from tests.exchange.query.conftest import CHANGE, GRAI, SGTIN, Tell
from tests.exchange.test_events import pages

pytestmark = pytest.mark.django_db
NS = "https://ns.example.com/"


def test_extensions_are_declared_in_a_header(machine: Any, rosa: Any, tell: Tell) -> None:
    tell("ours", fields={"@context": {"p": NS}, "p:size": 3})
    me = machine(rosa)
    asked = {"GE_ex:size": "3"}
    assert me.events(**asked) == []
    answer = me.get("/events", headers={"GS1-Extensions": f"ex={NS}, other=urn:x:"}, **asked)
    [found] = answer.json()["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert found["eventID"] == "urn:x:ours"
    assert me.get("/events", headers={"GS1-Extensions": "=,x,="}, **asked).status_code == 200


def members(me: Any, path: str, **parameters: str) -> list[str]:
    return [member for page in pages(me, path, **parameters) for member in page["member"]]


def test_values_are_those_of_all_events(
    machine: Any, rosa: Any, dan: Any, mia: Any, goods: Goods, tell: Tell
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    tell("made", of=CHANGE, inputEPCList=[SGTIN + "IN"], outputEPCList=[GRAI + "OUT"],
         bizStep="creating_class_instance", readPoint={"id": "urn:x:vat"})  # fmt: skip
    tell("own", type=NS + "Inspection", bizStep=NS + "inspecting", who=dan)
    tell("packs", epcList=[uri("S0"), "urn:x:thing"])
    everything, mias, dans = machine(rosa), machine(mia), machine(dan)
    types = ["ObjectEvent", "TransformationEvent"]
    for size in ("1", "30"):
        assert members(everything, "/eventTypes", perPage=size) == [*types, NS + "Inspection"]
        assert members(mias, "/eventTypes", perPage=size) == types
        steps = members(everything, "/bizSteps", perPage=size)
        assert sorted(steps) == ["commissioning", "creating_class_instance", NS + "inspecting"]
        assert members(dans, "/bizSteps", perPage=size) == [NS + "inspecting"]
        assert "urn:x:vat" in members(everything, "/readPoints", perPage=size)
        for me in (everything, mias):
            things = [SGTIN + "IN", GRAI + "OUT", "urn:x:thing"]
            assert sorted(members(me, "/epcs", perPage=size)) == sorted([*uris(2), *things])
        assert members(dans, "/epcs", perPage=size) == []


@pytest.mark.parametrize("few", [0, 100_000])
def test_packages_are_those_of_ones_events_whichever_way_they_are_found(
    machine: Any, mia: Any, dan: Any, petra: Any, goods: Goods, monkeypatch: Any, few: int
) -> None:
    monkeypatch.setattr("apps.exchange.members.FEW", few)
    goods.commission(mia, uris(5)).raise_refused()
    goods.pack(mia, CASE, uris(2))
    goods.ship(mia, [CASE, uri("S3")], dan)
    had = ((mia, [*uris(5), CASE]), (dan, [CASE, uri("S3")]), (petra, []))
    for who, packages in had:
        me = machine(who)
        for size in ("1", "3", "30"):
            assert sorted(members(me, "/epcs", perPage=size)) == sorted(packages)


def test_a_value_has_its_events(machine: Any, rosa: Any, dan: Any, tell: Tell) -> None:
    tell("made", of=CHANGE, inputEPCList=[SGTIN + "IN"], outputEPCList=[SGTIN + "OUT"])
    for path in ("/eventTypes/TransformationEvent", "/epcs/" + "urn:x:y", "/epcs/" + SGTIN + "IN"):
        known = "urn:x:y" not in path
        assert machine(rosa).get(path).status_code == (200 if known else 404)
        assert machine(dan).get(path + "/events").status_code == 404
        if known:
            assert len(machine(rosa).events(path + "/events")) == 1


@pytest.mark.parametrize("path", ["/events", "/epcs", "/bizSteps", "/eventTypes"])
def test_what_takes_too_long_is_refused(
    machine: Any, mia: Any, tell: Tell, monkeypatch: Any, path: str
) -> None:
    tell("one")
    monkeypatch.setattr(bounded, "MOST_SECONDS", 0.05)
    monkeypatch.setattr("apps.exchange.members.sight_of", asleep)
    monkeypatch.setattr("apps.exchange.selectors.sight_of", asleep)
    answer = machine(mia).get(path)
    assert answer.status_code == 413
    assert answer.json()["type"] == "epcisException:QueryTooComplexException"
    monkeypatch.undo()
    assert machine(mia).get(path).status_code == 200


def asleep(*args: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(10)")


def test_other_questions_are_not_hurried(db: None) -> None:
    def timeout() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return str(cursor.fetchone()[0])

    before = timeout()
    with bounded.bounded():
        assert timeout() == "5s"
    assert timeout() == before
