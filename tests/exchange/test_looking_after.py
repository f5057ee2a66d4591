"""An administrator pauses a webhook, lets it go on, gives it another secret, tries it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from apps.exchange.looking_after import go_on, pause, replace_secret, try_out
from apps.exchange.models import Delivery, Subscription
from apps.exchange.webhooks.signing import HEADER, is_signed
from apps.parties.models import Deed
from tests.cast import PASSWORD
from tests.custody.goods import Goods
from tests.exchange.receiver import Receiver
from tests.exchange.subscriber import TOKEN, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(receiver: Receiver, goods: Goods) -> Desk:
    return Desk(receiver, goods)


def test_what_comes_during_a_pause_waits_and_arrives_after_it(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia)
    for _ in range(2):
        pause(subscription=row, at=desk.now)
    desk.commission(mia, "A")
    desk.round()
    assert desk.told == []
    go_on(subscription=row, by=mia.membership, at=desk.now)
    desk.commission(mia, "B")
    desk.round()
    assert desk.told == ["A", "B"]
    done = Deed.objects.filter(about_id=str(row.pk)).order_by("id").values_list("action", flat=True)
    assert list(done) == ["webhook_paused", "webhook_resumed"]


def test_a_new_secret_signs_from_the_next_report_on(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia, signatureToken=TOKEN)
    secret = replace_secret(subscription=row, at=desk.now)
    desk.commission(mia, "A")
    desk.round()
    (sent,) = desk.receiver.requests
    header = sent.headers[HEADER.lower()]
    assert is_signed(secret.encode(), header, sent.body, at=desk.now)
    assert not is_signed(TOKEN.encode(), header, sent.body, at=desk.now)
    assert secret not in Deed.objects.get(action="webhook_secret").about


def test_a_try_is_an_empty_signed_report_and_changes_nothing(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia, signatureToken=TOKEN)
    before = Subscription.objects.values().get()
    assert try_out(subscription=row, at=desk.now).status == 200
    (sent,) = desk.receiver.requests
    assert sent.events == []
    assert is_signed(TOKEN.encode(), sent.headers[HEADER.lower()], sent.body, at=desk.now)
    assert Subscription.objects.values().get() == before
    assert not Delivery.objects.exists()


def test_its_pages_show_no_secret_and_are_the_organisations_own(
    desk: Desk, mia: Any, dan: Any
) -> None:
    row = desk.subscribe(mia, signatureToken=TOKEN, dest=f"{desk.receiver.url}?key=quetzal")
    page = f"/settings/webhooks/{row.pk}/"
    shown = mia.client.get(page).content.decode()
    assert "quetzal" not in shown
    assert TOKEN not in shown
    for verb in ("", "pause/", "go-on/", "secret/", "try/"):
        answer = dan.client.post(page + verb) if verb else dan.client.get(page)
        assert answer.status_code in (302, 404)
    row.refresh_from_db()
    assert (row.state, desk.receiver.requests) == ("active", [])


def test_the_new_secret_is_shown_once_after_a_confirmation(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia)
    page = f"/settings/webhooks/{row.pk}/"
    assert mia.client.post(f"{page}secret/")["Location"].startswith("/account/confirm/")
    mia.client.post("/account/confirm/", {"password": PASSWORD})
    mia.client.post(f"{page}secret/")
    assert mia.client.get(page).context["secret"] is not None
    assert mia.client.get(page).context["secret"] is None


def test_tries_come_one_at_a_time(desk: Desk, mia: Any) -> None:
    cache.clear()
    row = desk.subscribe(mia)
    for _ in range(2):
        mia.client.post(f"/settings/webhooks/{row.pk}/try/")
    assert len(desk.receiver.requests) == 1
