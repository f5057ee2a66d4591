"""EPCIS files in every form: recognised by content, captured, acknowledged event by event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from apps.custody.models import CustodyEvent, Package, RefusedEvent
from apps.exchange.intake import steps
from apps.jobs.models import Job
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.event_hash import event_hash
from tests.custody.goods import EXPIRY, LOT, START, uri
from tests.exchange.intake.files import as_json, as_xml, fates

pytestmark = pytest.mark.django_db


def commissionings(who: Any, count: int, *, lot: str = LOT) -> list[Any]:
    return [
        acts.commission(
            [uri(f"S{n}")],
            lot=lot,
            expiry=EXPIRY,
            site_gln=who.site.gln,
            at=START + timedelta(hours=1, seconds=n),
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("write", "form"),
    [
        (as_json, "json"),
        (as_xml, "xml"),
        (lambda events: as_xml(events, "1.2"), "xml"),
        (lambda events: b"\xef\xbb\xbf" + as_json(events), "json"),
        (lambda events: as_json(events).decode().encode("utf-16"), "json"),
    ],
    ids=["json", "xml-2.0", "xml-1.2", "json-with-mark", "json-utf-16"],
)
def test_every_form_is_read_and_every_event_is_told(
    desk: Any, mia: Any, batch: Any, write: Any, form: str
) -> None:
    events = commissionings(mia, 3)
    ack = desk(mia).imported(write(events), "no-extension")
    assert (ack["status"], ack["form"], ack["outcome"]) == (0, form, "recorded")
    assert ack["totals"] == {"accepted": 3}
    assert [one["event"] for one in ack["lines"]] == [event_hash(event) for event in events]
    assert CustodyEvent.objects.count() == 3


def test_places_are_pointers_in_json_and_line_and_column_in_xml(
    desk: Any, mia: Any, batch: Any
) -> None:
    events = commissionings(mia, 2)
    assert fates(desk(mia).imported(as_json(events))) == [
        ("/epcisBody/eventList/0", "accepted", []),
        ("/epcisBody/eventList/1", "accepted", []),
    ]
    for place, fate, _ in fates(desk(mia).imported(as_xml(events))):
        line, _, column = place.partition(":")
        assert int(line) > 0
        assert int(column) > 0
        assert fate == "repeated"


def test_the_same_file_twice_changes_nothing(desk: Any, mia: Any, batch: Any) -> None:
    content = as_xml(commissionings(mia, 5))
    first = desk(mia).imported(content)
    second = desk(mia).imported(content)
    assert (first["totals"], second["totals"]) == ({"accepted": 5}, {"repeated": 5})
    assert (second["status"], second["sha256"]) == (0, first["sha256"])
    assert second["id"] != first["id"]
    assert [one["event"] for one in first["lines"]] == [one["event"] for one in second["lines"]]
    assert CustodyEvent.objects.count() == Package.objects.count() == 5
    assert not RefusedEvent.objects.exists()


def test_what_is_wrong_is_refused_and_the_rest_goes_on(desk: Any, mia: Any, batch: Any) -> None:
    events = commissionings(mia, 3)
    events.insert(1, commissionings(mia, 4, lot="NONE")[3])
    ack = desk(mia).imported(as_json(events))
    assert (ack["status"], ack["outcome"]) == (1, "partly")
    assert [fate for _, fate, _ in fates(ack)] == ["accepted", "refused", "accepted", "accepted"]
    assert fates(ack)[1][2] == ["batch_unknown"]
    assert "NONE" in ack["lines"][1]["reasons"][0]["sentence"]


def test_an_unreadable_event_is_named_with_its_place(desk: Any, mia: Any, batch: Any) -> None:
    content = as_json(commissionings(mia, 2)).replace(b'"2026-11-02T09:00:00.000Z"', b'"yesterday"')
    ack = desk(mia).imported(content)
    assert fates(ack)[0] == ("/epcisBody/eventList/0", "unreadable", ["time_invalid"])
    assert ack["lines"][0]["reasons"][0]["pointer"] == "/epcisBody/eventList/0/eventTime"
    assert fates(ack)[1][1] == "accepted"


def test_all_or_nothing_lets_all_fall_with_one(desk: Any, mia: Any, batch: Any) -> None:
    events = commissionings(mia, 3)
    events.append(commissionings(mia, 4, lot="NONE")[3])
    ack = desk(mia).imported(as_json(events), "file", "--all-or-nothing")
    assert (ack["status"], ack["mode"], ack["outcome"]) == (1, "rollback", "refused")
    assert ack["totals"] == {"rolled_back": 3, "refused": 1}
    assert ack["lines"][0]["event"] == event_hash(events[0])
    assert not CustodyEvent.objects.exists()
    assert RefusedEvent.objects.get().code == "batch_unknown"


def test_all_or_nothing_also_for_what_cannot_be_read(desk: Any, mia: Any, batch: Any) -> None:
    content = as_json(commissionings(mia, 2)).replace(b'"2026-11-02T09:00:00.000Z"', b'"yesterday"')
    ack = desk(mia).imported(content, "file", "--all-or-nothing")
    assert ack["totals"] == {"unreadable": 1, "rolled_back": 1}
    assert not CustodyEvent.objects.exists()


def test_too_much_for_all_or_nothing_is_refused_whole(
    desk: Any, mia: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.exchange.intake.beginning.MOST_TOGETHER", 2)
    ack = desk(mia).imported(as_json(commissionings(mia, 3)), "file", "--all-or-nothing")
    assert (ack["outcome"], ack["lines"]) == ("refused", [])
    assert ack["reasons"][0]["code"] == "too_many_together"


def test_many_events_take_many_steps(
    desk: Any, mia: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "EVENTS_A_STEP", 3)
    ack = desk(mia).imported(as_xml(commissionings(mia, 10)))
    assert ack["totals"] == {"accepted": 10}
    assert len({one["event"] for one in ack["lines"]}) == 10
    assert Job.objects.get().done == 10


def test_large_events_make_small_steps(
    desk: Any, mia: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    take = steps.take
    monkeypatch.setattr(steps, "PACKAGES_A_STEP", 5)
    monkeypatch.setattr(
        steps, "take", lambda lines, **how: sizes.append(len(lines)) or take(lines, **how)
    )
    events = [
        acts.commission(
            [uri(f"{n}-{m}") for m in range(2)],
            lot=LOT,
            expiry=EXPIRY,
            site_gln=mia.site.gln,
            at=START + timedelta(hours=1),
        )
        for n in range(5)
    ]
    assert desk(mia).imported(as_json(events))["totals"] == {"accepted": 5}
    assert sizes == [2, 2, 1]


def test_a_failed_job_tells_what_was_not_taken(
    desk: Any, mia: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "EVENTS_A_STEP", 2)
    take = steps.take

    def leave(lines: Any, **how: Any) -> Any:
        out = take(lines, **how)
        mia.membership.delete()
        return out

    monkeypatch.setattr(steps, "take", leave)
    ack = desk(mia).imported(as_json(commissionings(mia, 3)))
    assert (ack["status"], ack["outcome"]) == (1, "stopped")
    assert "no longer a member" in ack["failure"]
    assert ack["totals"] == {"accepted": 2, "not_taken": 1}
    assert [fate for _, fate, _ in fates(ack)] == ["accepted", "accepted", "not_taken"]
