from __future__ import annotations

from typing import Any

import pytest

from tests.custody.goods import package, uri, uris
from tests.desk.pages import Desk, after, hidden, text


@pytest.fixture
def counter(mia: Any, petra: Any, goods: Any) -> Desk:
    """Petra's desk, with three packs on her shelf."""
    goods.commission(mia, uris(3))
    goods.move(uris(3), mia, petra)
    return Desk(petra)


def test_the_verdict_comes_before_anything_is_recorded(counter: Desk) -> None:
    page = counter.open("dispense", code=uri("S0"))
    assert "May be dispensed" in text(page)
    assert package(uri("S0")).status == "active"


def test_petra_dispenses_and_is_stopped_at_the_second_attempt(counter: Desk) -> None:
    page = counter.open("dispense", code=uri("S0"))
    done = counter.send("/dispense/", hidden(page))
    said = after(done, counter.client)
    assert "Dispensed" in said
    assert "Examplin" in said
    assert package(uri("S0")).status == "supplied"
    again = text(counter.open("dispense", code=uri("S0")))
    assert "Stop" in again
    assert "already_dispensed" in again
    assert "May be dispensed" not in again


def test_the_same_form_sent_twice_is_answered_again(counter: Desk) -> None:
    fields = hidden(counter.open("dispense", code=uri("S0")))
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
    page = counter.open("dispense", code=code)
    assert stopped_by in text(page)
    sent = counter.send(
        "/dispense/", hidden(counter.open("dispense", code=uri("S0"))) | {"code": code}
    )
    assert sent.status_code == 422
    assert package(uri("S0")).status == "active"


def test_a_matching_label_does_not_stop(counter: Desk) -> None:
    page = counter.open("dispense", code="(01)09521234543213(21)S0(10)L1(17)271031")
    assert "May be dispensed" in text(page)


def test_a_code_nobody_can_read_says_so(counter: Desk) -> None:
    assert "Cannot be read" in text(counter.open("dispense", code="hello"))


def test_a_recalled_pack_is_stopped_with_what_to_do(counter: Desk, batch: Any, goods: Any) -> None:
    batch.recalled_at = goods.now
    batch.save()
    said = text(counter.open("dispense", code=uri("S0")))
    assert "recalled" in said
    assert "Put it with the recalled goods" in said


def test_a_mistake_is_undone(counter: Desk) -> None:
    counter.send("/dispense/", hidden(counter.open("dispense", code=uri("S0"))))
    response = counter.fill_in("undo-dispense", packages=uri("S0"))
    assert "on your shelf again" in after(response, counter.client)
    assert package(uri("S0")).status == "active"


def test_an_undo_after_ten_days_is_refused(counter: Desk, today: Any) -> None:
    counter.send("/dispense/", hidden(counter.open("dispense", code=uri("S0"))))
    today.shift(11 * 86_400)
    response = counter.fill_in("undo-dispense", packages=uri("S0"))
    assert response.status_code == 422
    assert "undo_window_over" in text(response)
    assert package(uri("S0")).status == "supplied"
