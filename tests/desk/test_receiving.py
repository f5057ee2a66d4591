"""From the list of deliveries to the receipt."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.custody.models import CustodyEvent
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


def receive(desk: Desk, address: str, **fields: Any) -> Any:
    return desk.send("/sessions/new/receive/", hidden(desk.client.get(address)) | fields)


def test_dan_receives_with_one_missing_and_one_extra(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(5))
    desk, address = shipped(mia, dan, goods, uris(4))
    assert "4 packages expected" in text(desk.client.get(address))
    session = receive(desk, address)["Location"]
    desk.send(f"{session}scans/", {"code": "\n".join([*uris(3), uri("S4")])})
    said = text(desk.client.get(f"{session}review/"))
    assert "3 of 4 packs, 1 missing" in said
    assert "was not shipped to you" in said
    assert package(uri("S0")).status == "in_transit", "looking records nothing"
    assert "3 packages received" in after(desk.sign(session), desk.client)
    assert package(uri("S0")).custodian_id == dan.organisation.pk
    assert package(uri("S3")).status == "in_transit"
    assert package(uri("S4")).custodian_id == mia.organisation.pk


def test_a_damaged_line_is_refused_with_its_reason_and_stays_the_senders(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(2))
    desk, address = shipped(mia, dan, goods, uris(2))
    session = receive(desk, address, everything="yes")["Location"].removesuffix("review/")
    page = desk.client.get(f"{session}review/")
    line = next(row.line for row in page.context["doubtful"] if row.line.path.endswith("S1"))
    fields = {"reason": "damaged", "back": "review"}
    marked = desk.client.post(f"{session}lines/{line.pk}/refuse/", fields, follow=True)
    assert "Not accepted: Damaged" in text(marked)
    assert "1 package received, 1 refused." in after(desk.sign(session), desk.client)
    assert package(uri("S1")).custodian_id == mia.organisation.pk
    assert package(uri("S1")).consignee_id is None


def test_everything_at_once(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    desk, address = shipped(mia, dan, goods, uris(3))
    review = receive(desk, address, everything="yes")["Location"]
    assert "3 of 3 packs" in text(desk.client.get(review))
    done = desk.sign(review.removesuffix("review/"))
    assert "3 packages received." in after(done, desk.client)


def test_the_same_delivery_begun_twice_is_received_once(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    desk, address = shipped(mia, dan, goods, uris(2))
    fields = hidden(desk.client.get(address)) | {"everything": "yes"}
    for _ in range(2):
        review = desk.send("/sessions/new/receive/", fields)["Location"]
    session = review.removesuffix("review/")
    assert "Being received already" in text(desk.client.get(address))
    desk.sign(session)
    assert "signed already" in after(desk.sign(session), desk.client)
    assert CustodyEvent.objects.filter(kind="receive").count() == 1


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
    review = receive(desk, address, everything="yes")["Location"]
    done = desk.sign(review.removesuffix("review/"))
    assert "5 packages received." in after(done, desk.client)


def test_a_pack_in_a_case_is_taken_for_itself(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    goods.pack(mia, CASE, uris(3))
    desk, address = shipped(mia, dan, goods, [CASE])
    session = receive(desk, address)["Location"]
    desk.send(f"{session}scans/", {"code": uri("S1")})
    said = text(desk.client.get(f"{session}review/"))
    assert "1 of 3 packs, 2 missing" in said
    assert "all is there, also the 2 of 3 packs nobody scanned" in said
    desk.sign(session)
    assert package(CASE).custodian_id == dan.organisation.pk
    assert package(uri("S2")).status == "in_transit"
