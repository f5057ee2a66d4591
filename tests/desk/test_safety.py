from __future__ import annotations

from typing import Any

from apps.safety.models import Alert, Recall
from tests.accounts.codes import code, protect
from tests.cast import PASSWORD
from tests.custody.goods import uri, uris
from tests.desk.pages import Desk, after, text

FORM = {
    "severity": "1",
    "reason": "Wrong strength.",
    "instruction": "Send back.",
    "confirm": "L1",
    "password": PASSWORD,
}


def test_mia_recalls_a_batch_and_its_holders_are_told(
    mia: Any, dan: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(2))
    goods.move([uri("S0")], mia, dan)
    desk = Desk(mia)
    assert "2 holders are told" in text(desk.open("recall", batch.pk))
    said = after(desk.fill_in("recall", batch.pk, **FORM), desk.client)
    assert "Wrong strength." in said
    assert "0 / 2 of those told have answered" in said
    assert "Recall of Examplin, lot L1" in text(Desk(dan).open("alerts"))
    alert = Alert.objects.get(raised_for=dan.organisation)
    Desk(dan).send(f"/alerts/{alert.pk}/close/", {})
    assert "1 / 2 of those told have answered" in text(desk.open("recall-notice", batch.pk))
    assert "Send back." in said


def test_a_recall_needs_the_lot_the_password_and_a_reason(mia: Any, batch: Any) -> None:
    response = Desk(mia).fill_in(
        "recall", batch.pk, severity="1", reason="", instruction="x", confirm="L2"
    )
    assert response.status_code == 422
    assert {"confirm", "password", "reason"} <= set(response.context["form"].errors)
    assert not Recall.objects.exists()


def test_who_has_no_password_recalls_with_what_they_sign_in_with(mia: Any, batch: Any) -> None:
    """Whoever joined with a passkey could else never stop a batch."""
    secret = protect(mia.user)
    mia.user.set_unusable_password()
    mia.user.save()
    client = mia.client
    address = f"/batches/{batch.pk}/recall/"
    assert "Your password" not in text(client.get(address))
    asked = client.post(address, {name: FORM[name] for name in FORM if name != "password"})
    assert asked["Location"].startswith("/account/2fa/reauthenticate/")
    assert not Recall.objects.exists()
    wrong = client.post(asked["Location"], {"code": "000000"})
    assert (wrong.status_code, Recall.objects.exists()) == (200, False)
    done = client.post(asked["Location"], {"code": code(secret)})
    assert done["Location"] == f"/batches/{batch.pk}/recall/notice/"
    assert Recall.objects.get().reason == "Wrong strength."


def test_a_wrong_password_recalls_nothing_and_five_are_the_limit(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    for _ in range(5):
        refused = desk.fill_in("recall", batch.pk, **FORM | {"password": "guess"})
        assert "not your password" in text(refused)
    refused = desk.fill_in("recall", batch.pk, **FORM)
    assert refused.status_code == 422
    assert "Too many wrong passwords" in text(refused)
    assert not Recall.objects.exists()


def test_before_it_is_issued_its_reach_is_shown_without_names(
    mia: Any, dan: Any, petra: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(6))
    goods.move(uris(3), mia, dan)
    goods.move(uris(2), dan, petra)
    page = Desk(mia).open("recall", batch.pk)
    found = {(one.kind, one.country): one.here for one in page.context["where"].places}
    assert found == {("self", "PT"): 3, ("distributor", "ES"): 1, ("pharmacy", "PT"): 2}
    assert "Dan Distributes" not in text(page)


def test_pressed_twice_it_is_one_recall(mia: Any, batch: Any) -> None:
    desk = Desk(mia)
    desk.fill_in("recall", batch.pk, **FORM)
    again = desk.send(f"/batches/{batch.pk}/recall/", FORM)
    assert "already recalled" in after(again, desk.client)
    assert Recall.objects.count() == 1


def test_there_is_no_notice_of_what_is_not_recalled(mia: Any, batch: Any) -> None:
    assert Desk(mia).open("recall-notice", batch.pk).status_code == 404


def test_the_regulator_recalls_and_another_maker_cannot(rosa: Any, dan: Any, batch: Any) -> None:
    assert Desk(dan).open("recall", batch.pk).status_code == 403
    assert Desk(rosa).fill_in("recall", batch.pk, **FORM).status_code == 302
    assert Recall.objects.get().issued_by_id == rosa.organisation.pk


def test_an_alert_is_closed_by_whoever_it_waits_for(mia: Any, dan: Any, goods: Any) -> None:
    alert = Alert.objects.create(
        kind="clone", sentence="Seen twice.", raised_for=mia.organisation, raised_at=goods.now
    )
    assert Desk(dan).send(f"/alerts/{alert.pk}/close/", {}).status_code == 404
    desk = Desk(mia)
    assert "No open alerts" in after(desk.send(f"/alerts/{alert.pk}/close/", {}), desk.client)
    again = desk.send(f"/alerts/{alert.pk}/close/", {})
    assert "That alert was closed already." in after(again, desk.client), "a colleague pressed, too"
    assert Desk(dan).send(f"/alerts/{alert.pk}/close/", {}).status_code == 404
