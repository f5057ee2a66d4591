"""The pages of events ask only what an index answers, however much was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.custody.models import CustodyEvent
from apps.desk.templatetags.desk import label
from apps.desk.views import home
from tests.custody.goods import CASE, package, uris
from tests.desk.pages import Desk, text


@contextmanager
def asked() -> Iterator[list[str]]:
    statements: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield statements
    statements += [query["sql"] for query in queries]


def test_an_events_packages_come_from_its_document_a_page_at_a_time(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(60))
    goods.pack(mia, CASE, uris(60))
    desk = Desk(mia)
    event = CustodyEvent.objects.get(kind="pack").pk
    desk.open("events")
    with asked() as statements:
        first = text(desk.open("event", event)).replace("\xa0", " ")
    assert not any("custody_packageevent" in sql for sql in statements)
    order = [label(package(uri).path).replace("\xa0", " ") for uri in (CASE, *uris(60))]
    places = [first.find(code + " ") for code in order]
    assert -1 not in places[:50]
    assert places[:50] == sorted(places[:50])
    assert order[50] + " " not in first
    second = text(desk.open("event", event, page=2)).replace("\xa0", " ")
    assert all(code + " " in second for code in order[50:])


def test_a_party_reads_what_it_did_and_what_names_it_newest_first(
    mia: Any, dan: Any, petra: Any, goods: Any
) -> None:
    goods.commission(mia, uris(3))
    goods.move(uris(1), mia, dan)
    goods.move(uris(1), dan, petra)
    newest = list(CustodyEvent.objects.order_by("-id"))

    def listed(who: Any) -> list[CustodyEvent]:
        return list(Desk(who).open("events").context["page"])

    assert listed(mia) == newest[2:]
    assert listed(dan) == newest[:4]
    assert listed(petra) == newest[:2]
    assert list(Desk(dan).open("home").context["recent"]) == newest[:4]


def test_no_list_of_a_partys_events_asks_for_one_or_the_other_at_once(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    desk = Desk(mia)
    desk.open("events")
    with asked() as statements:
        desk.open("events")
    listing = [sql for sql in statements if "custody_custodyevent" in sql]
    assert listing
    assert all("UNION" in sql and " OR " not in sql for sql in listing)


def test_what_waits_is_counted_as_far_as_it_helps(
    mia: Any, goods: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "MOST_COUNTED", 5)
    goods.commission(mia, uris(5))
    assert "5 in stock" in text(Desk(mia).open("home"))
    goods.commission(mia, uris(9)[5:])
    assert "5+ in stock" in text(Desk(mia).open("home"))
