from __future__ import annotations

from typing import Any

import pytest

from apps.custody.models import CustodyEvent, RefusedEvent
from apps.safety.models import Alert
from tests.cast import Member
from tests.custody.goods import package, uri
from tests.desk.pages import Desk, after, hidden, text


def check(desk: Desk, code: str) -> Any:
    return desk.send("/dispense/", {"code": code})


def answer(desk: Desk, reason: str = "quarantined", **fields: str) -> Any:
    return desk.send("/dispense/", {"do": "acknowledge", "reason": reason} | fields)


def dispense(desk: Desk, code: str = uri("S0")) -> Any:
    return desk.send("/dispense/", hidden(check(desk, code)) | {"do": "dispense"})


def test_the_verdict_comes_before_anything_is_recorded(counter: Desk) -> None:
    page = check(counter, uri("S0"))
    assert "May be dispensed" in text(page)
    assert package(uri("S0")).status == "active"


def test_petra_dispenses_and_is_stopped_at_the_second_attempt(counter: Desk) -> None:
    done = dispense(counter)
    said = after(done, counter.client)
    assert "Dispensed" in said
    assert "Examplin" in said
    assert package(uri("S0")).status == "supplied"
    again = text(check(counter, uri("S0")))
    assert "Stop" in again
    assert "already_dispensed" in again
    assert "May be dispensed" not in again


def test_the_same_form_sent_twice_is_answered_again(counter: Desk) -> None:
    fields = hidden(check(counter, uri("S0"))) | {"do": "dispense"}
    assert counter.send("/dispense/", fields).status_code == 302
    assert counter.send("/dispense/", fields).status_code == 302


@pytest.mark.parametrize(
    ("code", "stopped_by"),
    [
        ("(01)09521234543213(21)S0(10)OTHER", "lot_differs"),
        ("(01)09521234543213(21)S0(10)L1(17)280101", "expiry_mismatch"),
        ("(01)09521234543213(21)NEVER", "unknown_package"),
    ],
)
def test_a_label_that_differs_from_the_record_stops(
    counter: Desk, code: str, stopped_by: str
) -> None:
    fields = hidden(check(counter, uri("S0"))) | {"code": code, "do": "dispense"}
    page = check(counter, code)
    assert stopped_by in text(page)
    answer(counter)
    sent = counter.send("/dispense/", fields)
    assert stopped_by in text(sent)
    assert sent.status_code == 422
    assert package(uri("S0")).status == "active"


def test_a_matching_label_does_not_stop(counter: Desk) -> None:
    page = check(counter, "(01)09521234543213(21)S0(10)L1(17)271031")
    assert "May be dispensed" in text(page)


def test_a_code_nobody_can_read_says_so(counter: Desk) -> None:
    assert "Cannot be read" in text(check(counter, "hello"))


def test_a_recalled_pack_is_stopped_with_what_to_do(counter: Desk, batch: Any, goods: Any) -> None:
    batch.recalled_at = goods.now
    batch.save()
    said = text(check(counter, uri("S0")))
    assert "recalled" in said
    assert "Put it with the recalled goods" in said


def test_a_mistake_is_undone(counter: Desk) -> None:
    dispense(counter)
    response = counter.fill_in("undo-dispense", packages=uri("S0"), reason="wrong_pack")
    assert "on your shelf again" in after(response, counter.client)
    assert package(uri("S0")).status == "active"


def test_an_undo_after_ten_days_is_refused(counter: Desk, today: Any) -> None:
    dispense(counter)
    today.shift(11 * 86_400)
    response = counter.fill_in("undo-dispense", packages=uri("S0"), reason="wrong_pack")
    assert response.status_code == 422
    assert "undo_window_over" in text(response)
    assert package(uri("S0")).status == "supplied"


def test_looking_at_the_page_judges_and_keeps_nothing(counter: Desk) -> None:
    page = counter.open("dispense", code=uri("NEVER"))
    assert uri("NEVER") in page.content.decode(), "the code waits in the box"
    assert "unknown_package" not in text(page)
    assert not RefusedEvent.objects.exists()


def test_a_copy_shown_at_another_counter_is_kept_and_told_once_a_day(
    counter: Desk, paul: Member, mia: Any, petra: Any, today: Any
) -> None:
    dispense(counter)
    page = check(Desk(paul), uri("S0"))
    assert page.status_code == 200
    assert "Stop" in text(page)
    check(Desk(paul), uri("S0"))
    kept = RefusedEvent.objects.get()
    assert (kept.actor, kept.kind, kept.package_path) == (
        paul.organisation, "dispense", package(uri("S0")).path,
    )  # fmt: skip
    told = Alert.objects.all()
    assert {alert.kind for alert in told} == {"clone"}
    assert {alert.raised_for for alert in told} == {
        paul.organisation, petra.organisation, mia.organisation,
    }  # fmt: skip
    assert len(told) == 3
    today.shift(86_400)
    answer(Desk(paul))
    check(Desk(paul), uri("S0"))
    assert RefusedEvent.objects.count() == 2


def test_ones_own_dispensed_pack_scanned_again_raises_no_alarm(counter: Desk) -> None:
    dispense(counter)
    check(counter, uri("S0"))
    answer(counter, "scanned_twice")
    check(counter, uri("S0"))
    assert RefusedEvent.objects.get().code == "already_dispensed"
    assert not Alert.objects.exists()


def test_a_label_that_differs_is_told_to_the_maker(counter: Desk, petra: Any, mia: Any) -> None:
    for _ in range(2):
        check(counter, "(01)09521234543213(21)S0(10)OTHER")
        answer(counter, "told_maker")
    assert RefusedEvent.objects.get().code == "lot_differs"
    told = Alert.objects.all()
    assert {(alert.kind, alert.raised_for) for alert in told} == {
        ("mismatch", petra.organisation), ("mismatch", mia.organisation),
    }  # fmt: skip
    assert len(told) == 2
    assert all(alert.refused == RefusedEvent.objects.get() for alert in told)
    assert all("OTHER" in alert.sentence for alert in told)
    assert not any("Petra" in alert.sentence for alert in told)


def test_a_pack_in_order_leaves_no_finding(counter: Desk) -> None:
    assert "May be dispensed" in text(check(counter, uri("S0")))
    assert not RefusedEvent.objects.exists()
    assert not Alert.objects.exists()


def test_the_old_form_sent_after_an_undo_records_anew(counter: Desk, today: Any) -> None:
    """Back, and Dispense again: the pack goes into a patient's hand, so the record must say so."""
    form = hidden(check(counter, uri("S0"))) | {"do": "dispense"}
    counter.send("/dispense/", form)
    today.shift(20)
    counter.fill_in("undo-dispense", packages=uri("S0"), reason="wrong_pack")
    assert package(uri("S0")).status == "active"
    today.shift(20)
    assert counter.send("/dispense/", form).status_code == 302
    assert package(uri("S0")).status == "supplied"
    assert CustodyEvent.objects.filter(kind="dispense").count() == 2
    today.shift(20)
    assert counter.send("/dispense/", form).status_code == 302  # and this one is a repeat
    assert CustodyEvent.objects.filter(kind="dispense").count() == 2
    assert not RefusedEvent.objects.exists()
