"""/epcis/queries: kept, listed, asked, dropped; each organisation its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from apps.exchange import named_queries
from apps.exchange.models import NamedQuery, Subscription
from apps.parties.models import Membership
from tests.custody.goods import CASE, Goods, uri, uris

pytestmark = pytest.mark.django_db
SHIPPED = {"eventType": ["ObjectEvent"], "EQ_bizStep": ["shipping", "receiving"]}


def define(machine: Any, name: Any = "moves", query: Any = None, status: int = 201) -> Any:
    answer = machine.post("/queries", {"name": name, "query": SHIPPED if query is None else query})
    assert answer.status_code == status, answer.content
    return answer


def test_a_query_is_kept_and_found_where_the_answer_says(machine: Any, mia: Any) -> None:
    mine = machine(mia)
    answer = define(mine, "my moves?")
    assert answer["Location"] == "/epcis/queries/my%20moves%3F"
    assert mine.get("/queries/my%20moves%3F").json() == {"name": "my moves?", "query": SHIPPED}
    assert mine.get("/queries").json() == [{"name": "my moves?", "query": SHIPPED}]


def test_it_finds_what_the_same_question_finds(
    machine: Any, mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(3)).raise_refused()
    goods.pack(mia, CASE, [uri("S0"), uri("S1")]).raise_refused()
    goods.move([CASE], mia, dan)
    mine = machine(mia)
    define(mine)
    answer = mine.get("/queries/moves/events", perPage="1")
    results = answer.json()["epcisBody"]["queryResults"]
    assert results["queryName"] == "moves"
    next_page = answer["Link"].partition(">")[0].lstrip("<").removeprefix("/epcis")
    told = results["resultsBody"]["eventList"] + mine.events(next_page)
    assert told == mine.events(eventType="ObjectEvent", EQ_bizStep="shipping|receiving")
    assert [one["bizStep"] for one in told] == ["shipping", "receiving"]
    in_xml = mine.get("/queries/moves/events", headers={"Accept": "application/xml"})
    assert b"<queryName>moves</queryName>" in in_xml.content


def test_each_organisation_sees_through_its_own(
    machine: Any, mia: Any, dan: Any, rosa: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    everything = {"eventType": ["ObjectEvent"]}
    for who in (mia, dan, rosa):
        define(machine(who), "all", everything)  # the name is taken by nobody else
    assert len(machine(mia).events("/queries/all/events")) == 1
    assert machine(dan).events("/queries/all/events") == []
    assert len(machine(rosa).events("/queries/all/events")) == 1


@pytest.mark.parametrize("path", ["", "/events", "/subscriptions"])
def test_queries_of_others_are_not_there(machine: Any, mia: Any, dan: Any, path: str) -> None:
    define(machine(mia))
    for method in ("get", "delete") if not path else ("get",):
        answer = getattr(machine(dan), method)(f"/queries/moves{path}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "epcisException:NoSuchNameException"
    assert machine(dan).get("/queries").json() == []
    assert NamedQuery.objects.count() == 1


def test_a_name_is_taken_once(machine: Any, mia: Any) -> None:
    define(machine(mia))
    answer = define(machine(mia), query={"eventType": ["AggregationEvent"]}, status=409)
    assert answer.json()["type"] == "epcisException:ResourceAlreadyExistsException"
    assert machine(mia).get("/queries/moves").json()["query"] == SHIPPED


def test_a_dropped_query_takes_its_subscriptions_along(machine: Any, mia: Any) -> None:
    mine = machine(mia)
    define(mine)
    body = {"dest": "https://partner.example.org/in", "stream": True}
    assert mine.post("/queries/moves/subscriptions", body).status_code == 201
    assert mine.delete("/queries/moves").status_code == 204
    assert not Subscription.objects.exists()
    assert mine.get("/queries/moves").status_code == 404
    assert mine.delete("/queries/moves").status_code == 404
    define(mine)


def test_the_list_comes_in_pages(machine: Any, mia: Any) -> None:
    mine = machine(mia)
    for name in ("c", "a", "b"):
        define(mine, name)
    first = mine.get("/queries", perPage="2")
    assert [one["name"] for one in first.json()] == ["a", "b"]
    path = first["Link"].partition(">")[0].lstrip("<").removeprefix("/epcis")
    second = mine.get(path)
    assert [one["name"] for one in second.json()] == ["c"]
    assert "Link" not in second


def test_every_wrong_parameter_is_named(machine: Any, mia: Any) -> None:
    query = {"EQ_color": ["red"], "eventType": ["Party"], "EQ_action": ["ADD"], "GE_eventTime": 5}
    answer = define(machine(mia), query=query, status=400).json()
    assert answer["type"] == "epcisException:QueryParameterException"
    assert {one["detail"].split(" ")[0] for one in answer["errors"]} >= {"EQ_color", "GE_eventTime"}
    assert len(answer["errors"]) == 3
    assert not NamedQuery.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        [], "x", None, 5, {"perPage": 5}, {"nextPageToken": "x"}, {"eventCountLimit": 5},
        {"eventType": None}, {"eventType": [["ObjectEvent"]]},
        {"eventType": {"a": 1}}, {"EQ_bizStep": ["a\x00b"]}, {"EQ_bizStep\x00": ["a"]},
        {"eventCountLimit": True, "orderBy": "eventTime"}, {"maxEventCount": -1},
        {"maxEventCount": 1e308 * 10},
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused(machine: Any, mia: Any, query: Any) -> None:
    body = {"name": "q", "query": query}
    answer = machine(mia).post("/queries", body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "name",
    ["", " a", "a ", "a/b", "a\x00b", "a\nb", ".", "..", "x" * 121, 5, None, ["a"], "\\", "\xa0"],
)
def test_what_is_no_name_is_refused(machine: Any, mia: Any, name: Any) -> None:
    define(machine(mia), name, status=400)


@pytest.mark.parametrize("name", ["a", "é€😀", "a b", "x" * 120, "100%", "a?b#c", "..."])
def test_other_names_work(machine: Any, mia: Any, name: str) -> None:
    mine = machine(mia)
    place = define(mine, name)["Location"].removeprefix("/epcis")
    assert mine.get(place).json()["name"] == name
    assert mine.get(f"/queries/{quote(name, safe='')}/events").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b" ", 400), (b"[]", 400), (b'{"name": "a"}', 400), (b"\xff", 400),
        (b'{"name": "a", "query": {}, "dest": "x"}', 400), (b'{"name": "\\ud800", "query": {}}', 400),
        (b"[" * 5_000, 400), (b" " * 100_001, 400),
    ],
)  # fmt: skip
def test_other_bodies_are_refused(machine: Any, mia: Any, body: bytes, status: int) -> None:
    assert machine(mia).post("/queries", body).status_code == status


def test_a_query_in_xml_is_not_read(machine: Any, mia: Any) -> None:
    answer = machine(mia).post("/queries", b"<query/>", "application/xml")
    assert answer.status_code == 415


def test_an_organisation_keeps_so_many(
    machine: Any, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(named_queries, "MOST_QUERIES", 1)
    define(machine(mia), "a")
    define(machine(mia), "b", status=400)


def test_who_may_only_look_asks_and_changes_nothing(machine: Any, mia: Any) -> None:
    define(machine(mia))
    Membership.objects.filter(pk=mia.membership.pk).update(role="viewer")
    assert machine(mia).get("/queries/moves/events").status_code == 200
    assert define(machine(mia), "more", status=403).json()["type"].endswith("SecurityException")
    assert machine(mia).delete("/queries/moves").status_code == 403


def test_a_token_for_capture_only_does_not_ask(machine: Any, mia: Any) -> None:
    mine = machine(mia, "capture")
    assert mine.get("/queries").status_code == 403
    assert define(mine, status=403)


@pytest.mark.parametrize(
    ("headers", "parameters"),
    [
        ({"Upgrade": "websocket", "Connection": "Upgrade"}, {}),
        ({"Upgrade": "websocket", "Connection": "Upgrade"}, {"stream": "true"}),
        ({}, {"stream": "true"}),
        ({}, {"minute": "5"}),
    ],
)
def test_a_websocket_is_refused_with_the_way_to_go(
    machine: Any, mia: Any, headers: Any, parameters: Any
) -> None:
    define(machine(mia))
    answer = machine(mia).get("/queries/moves/events", headers=headers, **parameters)
    assert answer.status_code == 400
    assert answer.json()["type"] == "epcisException:SubscriptionControlsException"
    assert "/epcis/queries/moves/subscriptions" in answer.json()["detail"]


def test_other_parameters_are_refused(machine: Any, mia: Any) -> None:
    define(machine(mia))
    assert machine(mia).get("/queries/moves/events", EQ_action="ADD").status_code == 400
    assert machine(mia).get("/queries", name="moves").status_code == 400


def test_slashes_lead_nowhere(machine: Any, mia: Any) -> None:
    for path in ("/queries/a/b", "/queries/a%2Fb", "/queries/a/b/c/d/e", "/queries/%00"):
        assert machine(mia).get(path).status_code == 404
        assert machine(mia).get(path)["Content-Type"] == "application/problem+json"
