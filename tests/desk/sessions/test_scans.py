"""Scans arrive: once each however often they are sent, in any state of the session, whatever is sent."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.desk.models import ScanLine
from apps.desk.sessions import add_scans
from apps.desk.sessions.add_scans import Scan
from apps.desk.sessions.change_lines import remove_line
from apps.desk.sessions.selectors import progress_of
from apps.desk.views import session_scans
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import CASE, GTIN, uri, uris
from tests.desk.sessions.conftest import Gun, arrive, begin

AT = "2026-11-03T10:00:00.000+01:00"


def post(who: Any, gun: Gun, body: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body)
    address = f"/sessions/{gun.session.pk}/scans/"
    return who.client.post(address, data, content_type="application/json")


def test_a_scan_sent_again_is_answered_with_its_line(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    gun = begin(mia, "count")
    scan = Scan(uuid4(), uri("S0"), timezone.now())
    first, second = gun.send([scan]), gun.send([scan])
    assert first[0].line == second[0].line
    assert ScanLine.objects.count() == 1


def test_json_says_scan_by_scan_what_became_of_it(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    gun = begin(mia, "count")
    ids = [str(uuid4()) for _ in range(2)]
    sent = [{"id": ids[0], "raw": uri("S0"), "at": AT}, {"id": ids[1], "raw": uri("S0"), "at": AT}]
    answer = post(mia, gun, {"scans": sent}).json()
    assert [(one["id"], one["outcome"]) for one in answer["scans"]] == [
        (ids[0], "good"),
        (ids[1], "repeat"),
    ]
    assert "Examplin" in answer["scans"][0]["html"]
    assert (answer["progress"]["done"], answer["state"]) == (1, "open")
    assert gun.session.lines.first().scanned_at.isoformat() == "2026-11-03T09:00:00+00:00"


def test_json_tells_codes_as_they_stand_on_labels(mia: Any, petra: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, petra)
    goods.do("dispense", petra, uris(1)).raise_refused()
    sent = [{"id": str(uuid4()), "raw": uri("S0"), "at": AT}]
    (told,) = post(petra, begin(petra, "dispense"), {"scans": sent}).json()["scans"]
    assert told["sentence"].startswith(f"(01)\u00a0{GTIN} (21)\u00a0S0 was already dispensed")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400), (b"[]", 400), (b'{"scans": 7}', 400), (b"\xff\xfe", 400),
        (b"[" * 5_000, 400), ({"scans": [{}] * 501}, 413),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_with_a_sentence(mia: Any, body: Any, status: int) -> None:
    response = post(mia, begin(mia, "count"), body)
    assert response.status_code == status
    assert response.json()["sentence"]


@pytest.mark.parametrize(
    "one",
    [
        7, {}, {"id": "x", "raw": "y", "at": AT}, {"id": str(uuid4()), "raw": 1, "at": AT},
        {"id": str(uuid4()), "raw": "y", "at": "yesterday"},
        {"id": str(uuid4()), "raw": "y", "at": "2026-11-03T10:00:00"},
        {"id": str(uuid4()), "raw": "y", "at": "0001-01-01T00:00:00+14:00"},
        {"id": str(uuid4()), "raw": "y", "at": "9999-12-31T23:59:59-14:00"},
    ],
)  # fmt: skip
def test_a_scan_that_is_none_is_refused_alone(mia: Any, one: Any) -> None:
    good = {"id": str(uuid4()), "raw": "y", "at": AT}
    answer = post(mia, begin(mia, "count"), {"scans": [one, good]}).json()
    assert {scan["outcome"] for scan in answer["scans"]} == {"refused", "unknown"}
    assert ScanLine.objects.count() == 1


@pytest.mark.parametrize("raw", ["\x00", "a\x00b", "x" * 9_999, "", "\u202e", "0" * 400])
def test_hostile_characters_are_kept_as_well_as_they_can_be(mia: Any, raw: str) -> None:
    gun = begin(mia, "count")
    assert gun.outcomes(raw)[0][0] == "unknown"
    assert (
        post(mia, gun, {"scans": [{"id": str(uuid4()), "raw": raw, "at": AT}]}).status_code == 200
    )


def test_half_a_character_is_no_json(mia: Any) -> None:
    body = b'{"scans": [{"id": "%s", "raw": "\\ud800", "at": "%s"}]}' % (
        str(uuid4()).encode(), AT.encode(),
    )  # fmt: skip
    assert post(mia, begin(mia, "count"), body).status_code == 400
    assert begin(mia, "count").outcomes("\ud800") == [("unknown", "unreadable")]


def test_the_number_of_queries_is_the_same_for_one_scan_and_for_many(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(120))
    goods.ship(mia, uris(120), dan)
    gun = arrive(dan, mia)

    def cost(codes: list[str]) -> int:
        scans = [{"id": str(uuid4()), "raw": code, "at": AT} for code in codes]
        with CaptureQueriesContext(connection) as queries:
            assert post(dan, gun, {"scans": scans}).status_code == 200
        return len(queries)

    cost(uris(2))  # signing in costs queries of its own
    one = cost([uri("S2")])
    assert cost(uris(100)[3:]) == one
    assert cost([uri("S101")]) == one, "nor does the length of the list matter"
    assert one <= 26


def test_a_scan_for_a_session_that_was_signed_is_refused_and_told(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    gun = begin(mia, "count")
    scans = [Scan(uuid4(), code, timezone.now()) for code in uris(2)]
    gun.send(scans[:1])
    gun.sign()
    late = gun.send(scans)
    assert late[0].line is not None, "what was there is answered as before"
    assert late[1].refusal is not None
    assert late[1].refusal.code == "session_signed"


def test_of_a_long_pasted_list_every_line_counts_or_all_are_refused(
    mia: Any, goods: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    goods.commission(mia, uris(520))
    gun = begin(mia, "count")
    page = {"path": f"/sessions/{gun.session.pk}/scans/", "follow": True}
    mia.client.post(**page, data={"code": "\n".join(uris(520))})
    assert progress_of(gun.session).done == 520
    for module in (add_scans, session_scans):
        monkeypatch.setattr(module, "MOST_LINES", 530)
    told = mia.client.post(**page, data={"code": "\n".join(uris(12))}).content.decode()
    assert "A session holds 530 scans. Sign this one and begin another." in told
    assert ScanLine.objects.count() == 520


def test_what_comes_off_makes_room_for_its_repeat(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    goods.pack(mia, CASE, uris(3))
    goods.ship(mia, [CASE], dan)
    gun = arrive(dan, mia)
    gun.scan(uri("S0"), CASE, uri("S1"), uri("S0"))
    assert progress_of(gun.session).done == 3
    case = gun.session.lines.get(path__startswith="00/")
    assert case.covers == 2, "one was scanned already"
    first = gun.session.lines.order_by("id")[0]
    for _ in range(2):
        remove_line(actor=dan.actor, session_id=gun.session.pk, line_id=first.pk, at=timezone.now())
    assert progress_of(gun.session).done == 3
    remove_line(actor=dan.actor, session_id=gun.session.pk, line_id=case.pk, at=timezone.now())
    assert progress_of(gun.session).done == 2, "the packs count for themselves again"


def test_nobody_of_another_site_finds_the_session(mia: Any, dan: Any, colleague: Any) -> None:
    gun = begin(mia, "count")
    with pytest.raises(Refused, match="no such session"):
        Gun(dan, gun.session).scan("x")
    assert post(dan, gun, {"scans": []}).status_code == 404
    mine = begin(dan, "count")
    assert Gun(colleague, mine.session).scan("x")[0].line is not None


def test_the_same_id_is_the_same_session_and_nobody_elses(mia: Any, dan: Any) -> None:
    id = uuid4()
    assert begin(mia, "count", id=id).session == begin(mia, "count", id=id).session
    with pytest.raises(Refused, match="somebody else"):
        begin(dan, "count", id=id)


def test_a_scan_is_read_as_the_device_that_made_it_types(mia: Any, goods: Any) -> None:
    """The source travels with the scan: a camera's symbol is not taken for a keyboard's."""
    goods.commission(mia, uris(1))
    gun = begin(mia, "count")
    scan = {"id": str(uuid4()), "raw": f"]d201{GTIN}21S0", "at": AT, "source": "camera"}
    assert post(mia, gun, {"scans": [scan]}).json()["scans"][0]["outcome"] == "good"
    assert gun.outcomes(f"(01)\u00a0{GTIN} (21)\u00a0S0") == [("repeat", "already_scanned")]
