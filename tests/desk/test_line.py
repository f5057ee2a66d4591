"""Packing at the line: the tenth pack closes the case, and the next one begins."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from apps.custody.models import CustodyEvent, Package
from apps.custody.selectors import contents
from apps.desk.line_models import PackingLine
from tests.custody.goods import batch_of, package, uri, uris
from tests.desk.pages import Desk, text
from tests.labels.printed import pages, zpl_fields


@pytest.fixture
def line(mia: Any, goods: Any, batch: Any) -> str:
    goods.commission(mia, uris(7)).raise_refused()
    response = Desk(mia).fill_in("line-start", batch=batch.pk, size=3, label="zpl")
    return str(response["Location"])


def scan(desk: Desk, line: str, code: str, **fields: Any) -> Any:
    case = re.search(r'name="case" value="(\d+)"', desk.client.get(line).content.decode())
    assert case
    return desk.send(line, {"code": code, "case": case[1], "scan": str(uuid4())} | fields)


def packing_events() -> int:
    return CustodyEvent.objects.filter(kind="pack").count()


def test_a_full_case_closes_with_one_event_and_the_next_begins(mia: Any, line: str) -> None:
    desk = Desk(mia)
    assert "1 of 3" in text(scan(desk, line, uri("S0")))
    assert "2 of 3" in text(scan(desk, line, uri("S1")))
    closed = scan(desk, line, uri("S2"))
    assert "Case 1 is closed: 3 packs" in text(closed)
    assert "Case 2" in text(closed)
    assert "0 of 3" in text(closed)
    assert packing_events() == 1
    case = Package.objects.get(level="case")
    assert contents(case.pk).count() == 3
    scan(desk, line, uri("S3"))
    assert packing_events() == 1


def test_the_label_of_a_closed_case_prints_and_scans(mia: Any, line: str) -> None:
    desk = Desk(mia)
    for n in range(3):
        said = scan(desk, line, uri(f"S{n}"))
    case = Package.objects.get(level="case")
    fetch = re.search(r'data-fetch href="([^"]+)"', said.content.decode())
    assert fetch
    (fields,) = zpl_fields(b"".join(desk.client.get(fetch[1]).streaming_content))
    assert case.path.removeprefix("00/") in fields["bc"]
    (page,) = pages(b"".join(desk.client.get(f"/packages/{case.pk}/label.pdf").streaming_content))
    assert page.readings()[0].sscc == case.path.removeprefix("00/")
    assert {"COUNT", "3", "BATCH/LOT", "L1"} <= set(page.text)


def test_the_same_scan_sent_twice_is_one_pack(mia: Any, line: str) -> None:
    desk = Desk(mia)
    once = {"scan": str(uuid4())}
    scan(desk, line, uri("S0"), **once)
    assert "1 of 3" in text(scan(desk, line, uri("S0"), **once))
    assert "counts once" in text(scan(desk, line, uri("S0")))


def test_a_scan_meant_for_a_case_that_is_closed_is_not_put_into_the_next(
    mia: Any, line: str
) -> None:
    desk = Desk(mia)
    for n in range(3):
        scan(desk, line, uri(f"S{n}"))
    late = scan(desk, line, uri("S3"), case="1")
    assert "A colleague closed that case" in text(late)
    assert "0 of 3" in text(late)


@pytest.mark.parametrize(
    "code", ["(01)09521234543213(21)NEVER", "nonsense", "", "\x00", "9" * 5_000]
)
def test_what_is_no_pack_of_ours_stops_and_is_not_counted(mia: Any, line: str, code: str) -> None:
    said = scan(Desk(mia), line, code)
    assert said.status_code == 200
    assert "0 of 3" in text(said)
    assert 'role="alert"' in said.content.decode()


def test_a_pack_of_another_batch_does_not_belong_in_the_case(
    mia: Any, line: str, goods: Any
) -> None:
    batch_of(mia, lot="L2")
    goods.commission(mia, [uri("X")], lot="L2").raise_refused()
    assert "does not belong in this case" in text(scan(Desk(mia), line, uri("X")))


def test_a_pack_that_left_meanwhile_comes_off_and_the_case_stays_open(
    mia: Any, dan: Any, line: str, goods: Any
) -> None:
    desk = Desk(mia)
    scan(desk, line, uri("S0"))
    scan(desk, line, uri("S1"))
    goods.ship(mia, [uri("S0")], dan).raise_refused()
    said = scan(desk, line, uri("S2"))
    assert "2 of 3" in text(said)
    assert packing_events() == 0
    assert "Case 1 is closed" in text(scan(desk, line, uri("S3")))


def test_a_pack_comes_off_before_the_case_closes(mia: Any, line: str) -> None:
    desk = Desk(mia)
    scan(desk, line, uri("S0"))
    said = scan(desk, line, uri("S1"))
    assert "what lies in the open case is not recorded" in text(said)
    there = re.search(r'href="(/sessions/[0-9a-f-]+/)">Take a pack off', said.content.decode())
    assert there
    off = re.search(r'action="([^"]+/remove/)"', desk.client.get(there[1]).content.decode())
    assert off
    desk.send(off[1], {})
    assert "1 of 3" in text(desk.client.get(line))
    scan(desk, line, uri("S2"))
    assert "Case 1 is closed" in text(scan(desk, line, uri("S3")))
    assert package(uri("S1")).parent is None


def test_the_last_case_closes_with_less_and_the_line_stops(mia: Any, line: str) -> None:
    desk = Desk(mia)
    scan(desk, line, uri("S0"))
    for _ in range(2):
        desk.send(line + "cases/1/close/", {})
    assert packing_events() == 1
    assert package(uri("S0")).parent is not None
    desk.send(line + "stop/", {})
    assert PackingLine.objects.get().closed_at
    assert "was stopped" in text(desk.client.get(line))
    assert "stopped" in text(desk.send(line, {"code": uri("S1"), "case": "2"}))


def test_the_start_sent_twice_is_one_line_and_remembers_the_size(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    page = desk.open("line-start")
    fields = {"line": page.context["line_id"], "batch": batch.pk, "size": 12, "label": "pdf"}
    first, second = desk.send("/line/", fields), desk.send("/line/", fields)
    assert first["Location"] == second["Location"]
    assert desk.open("line-start").context["form"]["size"].value() == 12


def test_lines_of_others_are_not_there(mia: Any, dan: Any, line: str) -> None:
    assert Desk(dan).client.get(line).status_code == 403
