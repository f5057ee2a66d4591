"""What goes out: seen on the other side, refused with every reason, and back where it came from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.custody.models import CustodyEvent, RefusedEvent
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import package, uri, uris
from tests.desk.pages import Desk, after, hidden, text


def test_dan_sees_on_his_way_what_mia_ships(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    desk = Desk(mia)
    session = desk.scan("ship", *uris(3), consignee=dan.organisation.pk, reference="DN-7")
    said = after(desk.sign(session), desk.client)
    assert "3 packages on their way" in said
    assert "DN-7" in text(desk.open("outgoing"))
    incoming = text(Desk(dan).open("incoming"))
    assert "DN-7" in incoming
    assert "Mia" in incoming


def test_a_form_sent_twice_opens_one_session_and_a_signature_sent_twice_ships_once(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(1))
    desk = Desk(mia)
    fields = hidden(desk.open("ship")) | {"package": uri("S0"), "consignee": dan.organisation.pk}
    first, second = desk.send("/ship/", fields), desk.send("/ship/", fields)
    assert first["Location"] == second["Location"]
    desk.sign(first["Location"])
    again = desk.sign(first["Location"])
    assert "signed already" in after(again, desk.client)
    assert CustodyEvent.objects.filter(kind="ship").count() == 1


def test_a_session_that_lay_open_while_something_happened_leaves_no_false_finding(
    mia: Any, dan: Any, goods: Any, today: Any
) -> None:
    goods.commission(mia, uris(1))
    desk = Desk(mia)
    session = desk.scan("ship", uri("S0"), consignee=dan.organisation.pk)
    today.shift(600)
    goods.do(Kind.LOCK, mia, [uri("S0")]).raise_refused()
    today.shift(600)
    stopped = desk.sign(session)
    assert stopped.status_code == 422
    assert "locked" in text(stopped)
    goods.do(Kind.UNLOCK, mia, [uri("S0")]).raise_refused()
    assert not RefusedEvent.objects.exists()


def test_every_reason_stands_on_its_line(dan: Any, mia: Any, petra: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    desk = Desk(dan)
    session = desk.scan(
        "ship", uri("S0"), uri("UNKNOWN"), "rubbish", consignee=petra.organisation.pk
    )
    said = text(desk.client.get(session))
    assert "is not in your custody" in said
    assert "was never registered" in said
    assert "rubbish" in said
    assert desk.sign(session).status_code == 422
    assert package(uri("S0")).status == "active"


def test_goods_that_may_not_be_sold_can_go_back(mia: Any, dan: Any, goods: Any, batch: Any) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, dan)
    batch.recalled_at = goods.now
    batch.save()
    desk = Desk(dan)
    forward = desk.scan("ship", uri("S0"), consignee=mia.organisation.pk)
    assert "belongs to a recalled batch" in text(desk.client.get(forward))
    back = desk.scan("return", uri("S0"), consignee=mia.organisation.pk, reason="recalled")
    assert desk.sign(back).status_code == 302
    assert package(uri("S0")).status == "in_transit"


def test_what_was_shipped_too_long_ago_is_overdue_on_both_sides(
    mia: Any, dan: Any, goods: Any, today: Any
) -> None:
    goods.commission(mia, uris(3))
    goods.ship(mia, uris(2), dan)
    assert "Nothing is late" in text(Desk(dan).open("overdue"))
    today.move_to(timezone.now() + timedelta(days=6))
    assert "6 days" in text(Desk(dan).open("overdue"))
    assert "Dan Distributes" in text(Desk(mia).open("overdue"))
