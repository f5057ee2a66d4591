"""A stop at the counter: nothing goes on until somebody says what was done, and what they say is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.custody.models import CustodyEvent, RefusedEvent
from apps.safety.models import Explanation
from tests.cast import Member
from tests.custody.goods import GTIN, package, uri, uris
from tests.desk.pages import Desk, after, hidden, text
from tests.desk.test_dispensing import answer, check

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def counter(mia: Any, petra: Any, goods: Any, batch: Any) -> Desk:
    goods.commission(mia, uris(4))
    goods.move(uris(4), mia, petra)
    return Desk(petra)


@pytest.fixture
def stopped(counter: Desk, batch: Any, goods: Any) -> Desk:
    """The batch is recalled, and Petra has scanned one of it."""
    batch.recalled_at = goods.now
    batch.save()
    assert "Stop" in text(check(counter, uri("S0")))
    return counter


def test_the_flow_stops_until_it_is_answered_for(stopped: Desk) -> None:
    for again in (check(stopped, uri("S1")), stopped.open("dispense"), check(stopped, "rubbish")):
        said = text(again)
        assert "What did you do with this pack?" in said
        assert "recalled" in said
    assert "Say first what you did" in text(check(stopped, uri("S1")))
    assert "Say first" not in text(stopped.open("dispense"))
    assert RefusedEvent.objects.count() == 1  # the others were not checked
    assert "Noted" in after(answer(stopped), stopped.client)
    assert "What did you do" not in text(stopped.open("dispense"))


def test_who_when_which_and_why_is_kept(stopped: Desk, petra: Member, today: Any) -> None:
    answer(stopped, "told_maker", note="  Called the   maker\x00at nine. ")
    kept = Explanation.objects.get()
    assert kept.refused == RefusedEvent.objects.get()
    assert (kept.user, kept.organisation) == (petra.user, petra.organisation)
    assert (kept.reason, kept.note) == ("told_maker", "Called the maker at nine.")
    assert kept.explained_at == kept.refused.recorded_at
    said = text(stopped.open("refused"))
    assert "Maker or supplier told" in said
    assert "Petra" in said


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "Choose what was done."),
        ({"reason": "not_collected"}, "Choose what was done."),  # a reason of another question
        ({"reason": "\x00" * 300}, "Choose what was done."),
        ({"reason": "other", "note": "  \x00 "}, "Say in a few words"),
        ({"reason": "quarantined", "note": "x" * 301}, "At most 300 characters"),
    ],
)
def test_no_answer_is_no_answer(stopped: Desk, fields: dict[str, str], sentence: str) -> None:
    response = stopped.send("/dispense/", {"do": "acknowledge"} | fields)
    assert response.status_code == 422
    assert sentence in text(response)
    assert "Stop" in text(stopped.open("dispense"))
    assert not Explanation.objects.exists()


def test_an_answer_sent_twice_is_one(stopped: Desk) -> None:
    assert answer(stopped).status_code == 302
    assert answer(stopped).status_code == 302
    assert Explanation.objects.count() == 1


def test_the_same_pack_again_the_same_day_stops_again_and_is_explained_again(stopped: Desk) -> None:
    answer(stopped)
    assert "Stop" in text(check(stopped, uri("S0")))
    answer(stopped, "sent_back")
    assert RefusedEvent.objects.get().explanations.count() == 2


def test_a_colleague_at_another_counter_is_not_stopped_by_it(
    stopped: Desk, petra: Member, batch: Any
) -> None:
    batch.recalled_at = None
    batch.save()
    other = Desk(Member(petra.user, petra.organisation, petra.site, petra.membership))
    assert "May be dispensed" in text(check(other, uri("S1")))


def test_a_label_that_differs_is_shown_field_by_field(counter: Desk) -> None:
    said = text(check(counter, f"]d201{GTIN}17271031" + "10OTHER\x1d21S0"))
    assert "Lot OTHER L1 differs" in said
    assert "Expiry 31 October 2027 31 October 2027 the same" in said
    assert "lot_differs" in said
    assert "expiry_mismatch" not in said


def test_the_refusal_that_comes_only_when_it_is_recorded_stops_too(
    counter: Desk, petra: Any, goods: Any
) -> None:
    """Somebody else dispensed it between the check and the button."""
    fields = hidden(check(counter, uri("S0"))) | {"do": "dispense"}
    goods.do("dispense", petra, [uri("S0")])
    sent = counter.send("/dispense/", fields)
    assert sent.status_code == 422
    assert "already_dispensed" in text(sent)
    answer(counter, "scanned_twice")
    assert Explanation.objects.get().refused == RefusedEvent.objects.get()


def test_htmx_gets_the_answer_alone(counter: Desk) -> None:
    client = counter.client
    checked = client.post("/dispense/", {"code": uri("S0")}, **HTMX)
    assert "<html" not in checked.content.decode()
    assert 'data-outcome="good"' in checked.content.decode()
    done = client.post("/dispense/", hidden(checked) | {"do": "dispense"}, **HTMX).content.decode()
    assert "Dispensed" in done
    assert 'id="today"' in done
    assert 'hx-swap-oob="true"' in done
    again = client.post("/dispense/", {"code": uri("S0")}, **HTMX).content.decode()
    assert 'data-outcome="stop"' in again
    assert 'id="alerts"' in again  # a stop may have raised one
    waits = client.post("/dispense/", {"code": uri("S1")}, **HTMX).content.decode()
    assert "Answer for the stopped pack first" in waits
    noted = client.post("/dispense/", {"do": "acknowledge", "reason": "scanned_twice"}, **HTMX)
    assert "Scan the next pack" in noted.content.decode()


def test_who_is_signed_out_meanwhile_is_led_to_the_sign_in(counter: Desk) -> None:
    counter.client.logout()
    answered = counter.client.post("/dispense/", {"code": uri("S0")}, **HTMX)
    assert answered["HX-Redirect"] == "/login/?next=%2Fdispense%2F"


def test_a_check_is_asked_of_the_database_in_few_questions(counter: Desk) -> None:
    """Petra waits for it with a patient before her. The page around it costs her nothing: htmx leaves it out."""
    client = counter.client
    client.get("/dispense/")
    costs = {}
    for name, code in {"good": uri("S0"), "unreadable": "rubbish", "stop": uri("NEVER")}.items():
        with CaptureQueriesContext(connection) as queries:
            client.post("/dispense/", {"code": code}, **HTMX)
        costs[name] = len(queries)
    assert costs == {"good": 11, "unreadable": 3, "stop": 30}


def test_the_window_of_an_undo_is_shown_and_its_reason_kept(
    counter: Desk, petra: Member, today: Any
) -> None:
    fields = hidden(check(counter, uri("S0"))) | {"do": "dispense"}
    said = after(counter.send("/dispense/", fields), counter.client)
    assert "It can be undone until 13 November 2026, at this site." in said
    today.shift(timedelta(hours=1).total_seconds())
    asked = counter.open("undo-dispense", package=package(uri("S0")).path)
    assert "Until 13 November 2026, 09:00 UTC" in text(asked)
    missing = counter.fill_in("undo-dispense", packages=uri("S0"))
    assert missing.status_code == 422
    other = counter.fill_in("undo-dispense", packages=uri("S0"), reason="other")
    assert "Say in a few words" in text(other)
    counter.fill_in("undo-dispense", packages=uri("S0"), reason="not_collected", note="Left here")
    kept = Explanation.objects.get()
    assert kept.event == CustodyEvent.objects.get(kind="undo_dispense")
    assert (kept.reason, kept.note, kept.user) == ("not_collected", "Left here", petra.user)
    assert "Left here" not in str(kept.event.document)


def test_what_left_today_stands_beside_the_box_and_what_came_back_does_not(
    counter: Desk, petra: Any, goods: Any, today: Any
) -> None:
    for serial in ("S0", "S1"):
        counter.send("/dispense/", hidden(check(counter, uri(serial))) | {"do": "dispense"})
    assert beside(counter) == 2
    today.shift(60)
    counter.fill_in("undo-dispense", packages=uri("S0"), reason="wrong_pack")
    assert beside(counter) == 1
    today.shift(86_400)
    assert beside(counter) == 0


def beside(desk: Desk) -> int:
    return desk.open("dispense").content.decode().count("/dispense/undo/?package=")
