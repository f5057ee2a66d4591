from __future__ import annotations

from typing import Any

from apps.safety.models import Alert, Recall
from tests.custody.goods import uri, uris
from tests.desk.pages import Desk, after, text

FORM = {"severity": "1", "reason": "Wrong strength.", "instruction": "Send back.", "sure": "on"}


def test_mia_recalls_a_batch_and_its_holders_are_told(
    mia: Any, dan: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(2))
    goods.move([uri("S0")], mia, dan)
    desk = Desk(mia)
    assert "2 holders are told" in text(desk.open("recall", batch.pk))
    said = after(desk.fill_in("recall", batch.pk, **FORM), desk.client)
    assert "Wrong strength." in said
    assert "Send back." in said
    assert "Recall of Examplin, lot L1" in text(Desk(dan).open("alerts"))


def test_a_recall_needs_the_tick_and_a_reason(mia: Any, batch: Any) -> None:
    response = Desk(mia).fill_in("recall", batch.pk, severity="1", reason="", instruction="x")
    assert response.status_code == 422
    assert {"sure", "reason"} <= set(response.context["form"].errors)
    assert not Recall.objects.exists()


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
