from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.desk import deliveries
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import CASE, package, uri, uris
from tests.desk.pages import Desk, after, hidden, text


def shipped(mia: Any, dan: Any, goods: Any, epcs: list[str]) -> tuple[Desk, str]:
    goods.ship(mia, epcs, dan).raise_refused()
    desk = Desk(dan)
    listed = desk.open("incoming").content.decode()
    start = listed.index(f"/incoming/{mia.organisation.pk}/")
    return desk, listed[start : listed.index('"', start)]


def test_dan_receives_with_one_missing_and_one_extra(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(5))
    desk, address = shipped(mia, dan, goods, uris(4))
    page = desk.client.get(address)
    assert "4 packages expected" in text(page)
    scanned = {"packages": "\n".join([*uris(3), uri("S4")])}
    compared = desk.send(address, hidden(page) | scanned | {"do": "compare"})
    said = text(compared)
    assert "3 arrived as listed" in said
    assert "1 missing" in said
    assert "1 not on the list" in said
    assert package(uri("S0")).status == "in_transit", "comparing records nothing"
    done = desk.send(address, hidden(compared) | scanned | {"do": "confirm"})
    assert "3 packages received, 1 missing and still on the way." in after(done, desk.client)
    assert package(uri("S0")).custodian_id == dan.organisation.pk
    assert package(uri("S3")).status == "in_transit"
    assert package(uri("S4")).custodian_id == mia.organisation.pk


def test_a_damaged_line_is_refused_and_stays_the_senders(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    desk, address = shipped(mia, dan, goods, uris(2))
    done = desk.send(
        address,
        hidden(desk.client.get(address))
        | {"packages": "\n".join(uris(2)), "do": "confirm", "refuse": package(uri("S1")).path},
    )
    assert "1 package received, 1 refused." in after(done, desk.client)
    assert package(uri("S1")).custodian_id == mia.organisation.pk
    assert package(uri("S1")).consignee_id is None


def test_everything_at_once(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    desk, address = shipped(mia, dan, goods, uris(3))
    done = desk.send(address, hidden(desk.client.get(address)) | {"do": "all"})
    assert "3 packages received." in after(done, desk.client)


def test_the_same_delivery_received_twice_is_received_once(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    desk, address = shipped(mia, dan, goods, uris(2))
    fields = hidden(desk.client.get(address)) | {"do": "all"}
    desk.send(address, fields)
    assert "already recorded" in after(desk.send(address, fields), desk.client)


def test_a_pack_scanned_inside_a_case_stands_for_the_case(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    goods.pack(mia, CASE, uris(3))
    desk, address = shipped(mia, dan, goods, [CASE])
    fields = hidden(desk.client.get(address)) | {"packages": uri("S1")}
    said = text(desk.send(address, fields | {"do": "compare"}))
    assert "1 arrived as listed" in said
    assert "it counts as the container" in said
    assert desk.send(address, fields | {"do": "confirm"}).status_code == 302
    assert package(CASE).custodian_id == dan.organisation.pk


def test_an_inspection_on_the_way_leaves_a_package_in_its_delivery(
    mia: Any, dan: Any, rosa: Any, goods: Any
) -> None:
    goods.commission(mia, uris(3))
    desk, address = shipped(mia, dan, goods, uris(3))
    goods.do(Kind.INSPECT, rosa, [uri("S1")]).raise_refused()
    rows = list(desk.open("incoming").context["page"])
    assert [(row.packages, row.party) for row in rows] == [(3, mia.organisation.name)]
    assert "3 packages expected" in text(desk.client.get(address))


def test_a_large_delivery_is_shown_in_part_and_received_whole(
    mia: Any, dan: Any, goods: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MOST_SHOWN", 3)
    goods.commission(mia, uris(5))
    desk, address = shipped(mia, dan, goods, uris(5))
    with CaptureQueriesContext(connection) as queries:
        page = desk.client.get(address)
    assert "5 packages expected" in text(page)
    assert "Only the first 3 are shown" in text(page)
    listing = [q["sql"] for q in queries if '"custody_package"."path"' in q["sql"]]
    assert listing
    assert all("LIMIT 3" in sql for sql in listing), "no more is read than is shown"
    done = desk.send(address, hidden(page) | {"do": "all"})
    assert "5 packages received." in after(done, desk.client)


def test_nothing_that_was_scanned_belongs_to_it(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    desk, address = shipped(mia, dan, goods, [uri("S0")])
    fields = hidden(desk.client.get(address)) | {"packages": uri("S1"), "do": "confirm"}
    response = desk.send(address, fields)
    assert response.status_code == 422
    assert "nothing_matches" in text(response)
