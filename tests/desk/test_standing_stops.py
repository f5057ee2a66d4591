"""A pack that stopped one counter is dispensed by no device of that pharmacy before somebody has answered for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from apps.custody.models import RefusedEvent, Stop
from apps.custody.services.note_refusal import note_refusal
from apps.custody.services.stop_at_counter import stop_at_counter
from apps.desk.counter import dispensing
from apps.safety.explaining import answer_stop
from apps.safety.models import Explanation
from pharmatrace.kernel.gs1.identifiers import Sgtin
from pharmatrace.kernel.refusal import Refusal, Refused
from tests.cast import Member
from tests.custody.goods import GTIN, codes, package, uri, uris
from tests.custody.test_races import all_at_once
from tests.desk.pages import Desk, after, hidden, text
from tests.desk.sessions.conftest import Gun, begin
from tests.desk.test_dispensing import answer, check, dispense

OTHER_LOT = f"(01){GTIN}(21)S0(10)OTHER"
AS_RECORDED = f"(01){GTIN}(21)S0(10)L1(17)271031"
HTMX = {"HTTP_HX_REQUEST": "true"}


def again(person: Any) -> Desk:
    """The same person at another device, signed in anew."""
    return Desk(Member(person.user, person.organisation, person.site, person.membership))


@pytest.fixture
def stopped(counter: Desk) -> Desk:
    """The label of S0 said another lot; nobody has answered yet."""
    assert "lot_differs" in text(check(counter, OTHER_LOT))
    return counter


# --- other devices -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [uri("S0"), f"(01){GTIN}(21)S0", AS_RECORDED])
def test_another_device_finds_the_pack_stopped_however_it_is_scanned(
    stopped: Desk, petra: Any, code: str
) -> None:
    said = text(check(again(petra), code))
    assert "lot_differs" in said and "What did you do with this pack?" in said
    assert "May be dispensed" not in said
    assert package(uri("S0")).status == "active"


def test_what_was_checked_before_the_stop_is_not_dispensed_after_it(
    counter: Desk, petra: Any
) -> None:
    late = again(petra)
    fields = hidden(check(late, uri("S0"))) | {"do": "dispense"}
    check(counter, OTHER_LOT)
    sent = late.send("/dispense/", fields)
    assert sent.status_code == 422
    assert "lot_differs" in text(sent)
    assert package(uri("S0")).status == "active"


def test_answered_on_one_device_it_is_answered_on_all(stopped: Desk, petra: Any) -> None:
    other = again(petra)
    stop = hidden(check(other, uri("S0")))["stop"]
    answer(other, "told_maker", stop=stop)
    assert "What did you do" not in text(stopped.open("dispense")), "this one goes on too"
    dispense(stopped)
    assert package(uri("S0")).status == "supplied"
    (kept,) = Explanation.objects.all()
    assert (kept.reason, kept.refused) == ("told_maker", RefusedEvent.objects.get())
    said = text(stopped.open("refused"))
    assert "Maker or supplier told" in said and "OTHER" in said, "it stays visible as a finding"


def test_a_browser_that_was_closed_leaves_the_stop_to_the_others(stopped: Desk, petra: Any) -> None:
    stopped.client.logout()
    other = again(petra)
    page = other.open("dispense")
    assert "Packs that wait for an answer" in text(page)
    assert "What did you do" not in text(page), "others go on with their own packs"
    asked = other.open("dispense", package=package(uri("S0")).path)
    assert "What did you do with this pack?" in text(asked)
    answer(other, stop=hidden(asked)["stop"])
    assert "May be dispensed" in text(check(other, uri("S0")))


def test_it_is_no_stop_for_another_pharmacy(
    stopped: Desk,
    petra: Any,
    paul: Any,
) -> None:
    his = Desk(paul)
    assert "OTHER" not in text(check(his, uri("S0")))
    stop = Stop.objects.get(organisation=petra.organisation)
    with pytest.raises(Refused, match="no such stop"):
        answer_stop(
            actor=paul.actor, stop_id=stop.pk, reason="quarantined", note="", at=timezone.now()
        )
    answer(his, stop=str(stop.pk))
    stop.refresh_from_db()
    assert stop.answered_at is None


@pytest.mark.parametrize("stop", ["", "x", "-1", "9" * 30, "\x00", "٣"])
def test_nonsense_for_a_stop_is_no_answer(stopped: Desk, petra: Any, stop: str) -> None:
    other = again(petra)
    assert answer(other, stop=stop).status_code == 302
    assert Stop.objects.get().answered_at is None


# --- a misread has a calm way out ---------------------------------------------------------------------------


def test_a_good_second_scan_of_the_same_pack_offers_the_way_out(stopped: Desk) -> None:
    page = check(stopped, AS_RECORDED)
    assert "now label and record agree" in text(page)
    assert 'value="misread" required checked' in page.content.decode()
    assert "was not checked" not in text(page)
    assert "Noted" in after(answer(stopped, "misread", stop=hidden(page)["stop"]), stopped.client)
    assert "May be dispensed" in text(check(stopped, AS_RECORDED))
    assert Explanation.objects.get().reason == "misread"


def test_another_device_offers_it_too(stopped: Desk, petra: Any) -> None:
    assert "now label and record agree" in text(check(again(petra), AS_RECORDED))


@pytest.mark.parametrize("code", [uri("S0"), uri("S1"), OTHER_LOT, "rubbish"])
def test_what_does_not_show_the_label_to_be_right_offers_nothing(stopped: Desk, code: str) -> None:
    page = text(check(stopped, code))
    assert "now label and record agree" not in page
    assert "Say first what you did" in page


def test_what_the_rules_stopped_was_not_misread(counter: Desk, batch: Any, goods: Any) -> None:
    batch.recalled_at = goods.now
    batch.save()
    said = text(check(counter, AS_RECORDED))
    assert "Misread" not in said and "now label and record agree" not in said
    assert "now label and record agree" not in text(check(counter, AS_RECORDED))


# --- one stop, however often --------------------------------------------------------------------------------


def test_what_is_found_later_is_added_to_the_same_stop(stopped: Desk, petra: Any) -> None:
    check(again(petra), f"(01){GTIN}(21)S0(10)L1(17)280101")
    stop = Stop.objects.get()
    assert [one["code"] for one in stop.refusals] == ["lot_differs", "expiry_mismatch"]
    assert len(stop.findings) == RefusedEvent.objects.count() == 2
    answer(stopped)
    assert Explanation.objects.count() == 2


def test_htmx_says_beside_the_box_what_else_waits(counter: Desk, petra: Any) -> None:
    check(again(petra), f"(01){GTIN}(21)S1(10)OTHER")
    said = counter.client.post("/dispense/", {"code": OTHER_LOT}, **HTMX).content.decode()
    beside = said.partition('id="unanswered" aria-labelledby="unanswered-head" hx-swap-oob="true"')[
        2
    ]
    assert "S1" in beside and "S0" not in beside
    fields = {"do": "acknowledge", "reason": "quarantined"}
    noted = counter.client.post("/dispense/", fields, **HTMX).content.decode()
    assert 'id="unanswered" aria-labelledby="unanswered-head" hx-swap-oob="true"' in noted, (
        "S1 does"
    )


def test_the_stop_that_is_shown_is_not_among_those_that_wait_beside_it(
    stopped: Desk, petra: Any
) -> None:
    alone = 'id="unanswered" aria-labelledby="unanswered-head" hidden'
    other, path = again(petra), package(uri("S0")).path
    assert alone in stopped.open("dispense").content.decode()
    assert alone in other.open("dispense", package=path).content.decode()
    assert alone not in other.open("dispense").content.decode(), "there nothing is shown of it"
    answer(stopped)
    assert alone in other.open("dispense").content.decode()


def test_an_unfinished_stop_of_before_is_forgotten_and_breaks_nothing(
    counter: Desk,
) -> None:
    """Browsers kept the whole stop once."""
    session = counter.client.session
    session["dispense_stop"] = {"organisation": "x", "findings": [1]}
    session.save()
    assert "May be dispensed" in text(check(counter, uri("S0")))


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_are_stopped_at_the_same_moment_have_one_stop(
    mia: Any, petra: Any, goods: Any
) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, petra)
    found = Refusal("lot_differs", "x", {"packages": [package(uri("S0")).path], "count": 1})
    identity = Sgtin(GTIN, "S0")
    event = dispensing(identity, actor=petra.actor, at=timezone.now())
    note_refusal(actor=petra.actor, event=event, refusals=[found], at=timezone.now())

    def stop(_: int) -> Any:
        return stop_at_counter(
            actor=petra.actor, path=identity.path, refusals=[found], at=timezone.now()
        )

    assert {one.pk for one in all_at_once(6, stop)} == {Stop.objects.get().pk}


# --- baskets and files --------------------------------------------------------------------------------------


def test_a_basket_stops_what_the_counter_stopped(stopped: Desk, petra: Any) -> None:
    basket = begin(petra, "dispense")
    assert basket.outcomes(uri("S0"), uri("S1")) == [("stop", "stop_unanswered"), ("good", "")]
    assert RefusedEvent.objects.count() == 1, "it was found out already"
    said = text(stopped.client.get(f"/sessions/{basket.session.pk}/"))
    assert "Answer for it" in said
    answer(stopped)
    assert basket.outcomes(uri("S0")) == [("good", "")]


def test_what_stops_after_it_was_put_into_a_basket_is_not_signed_for(
    counter: Desk, petra: Any
) -> None:
    basket = begin(petra, "dispense")
    basket.scan(uri("S0"), uri("S1"))
    check(counter, OTHER_LOT)
    signature = basket.sign()
    assert not signature.signed
    assert [one.code for one in signature.refusals] == ["stop_unanswered"]
    assert basket.sign().signed, "without the line that stopped"
    assert (package(uri("S0")).status, package(uri("S1")).status) == ("active", "supplied")


def test_a_label_that_stops_a_basket_stops_the_counter(counter: Desk, petra: Any) -> None:
    basket: Gun = begin(petra, "dispense")
    assert basket.outcomes(OTHER_LOT) == [("stop", "lot_differs")]
    assert "lot_differs" in text(check(counter, uri("S0")))
    answer(counter, "misread")
    assert basket.outcomes(AS_RECORDED) == [("good", "")]


def test_what_comes_by_file_or_machine_is_stopped_by_the_same_rule(
    stopped: Desk, petra: Any, goods: Any
) -> None:
    assert codes(goods.do("dispense", petra, [uri("S0")])) == {"stop_unanswered"}
    goods.do("lock", petra, [uri("S0")]).raise_refused()  # what is done about it is not stopped
    goods.do("unlock", petra, [uri("S0")]).raise_refused()
    answer(stopped)
    goods.do("dispense", petra, [uri("S0")]).raise_refused()
