from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.custody.models import CustodyEvent, RefusedEvent
from tests.custody.goods import package, uri, uris
from tests.desk.pages import Desk, after, hidden, text


def test_dan_sees_on_his_way_what_mia_ships(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    desk = Desk(mia)
    response = desk.fill_in(
        "ship", packages="\n".join(uris(3)), consignee=dan.organisation.pk, reference="DN-7"
    )
    said = after(response, desk.client)
    assert "3 packages are on their way to Dan" in said
    assert "DN-7" in said
    incoming = text(Desk(dan).open("incoming"))
    assert "DN-7" in incoming
    assert "Mia" in incoming


def test_a_form_sent_twice_ships_once(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    desk = Desk(mia)
    page = desk.open("ship")
    fields = hidden(page) | {"packages": uri("S0"), "consignee": dan.organisation.pk}
    first = desk.send("/ship/", fields)
    second = desk.send("/ship/", fields)
    assert first.status_code == second.status_code == 302
    assert CustodyEvent.objects.filter(kind="ship").count() == 1
    assert "already recorded" in after(second, desk.client)


def test_a_form_that_lay_open_while_something_happened_leaves_no_false_finding(
    mia: Any, dan: Any, goods: Any, today: Any
) -> None:
    goods.commission(mia, uris(1))
    desk = Desk(mia)
    form = hidden(desk.open("ship")) | {"packages": uri("S0"), "consignee": dan.organisation.pk}
    today.shift(600)
    desk.fill_in("record-kind", "lock", packages=uri("S0"))
    today.shift(600)
    desk.fill_in("record-kind", "unlock", packages=uri("S0"))
    today.shift(600)
    assert desk.send("/ship/", form).status_code == 302
    assert package(uri("S0")).status == "in_transit"
    assert not RefusedEvent.objects.exists()


def test_the_old_form_sent_after_the_receipt_is_a_repeat(
    mia: Any, dan: Any, goods: Any, today: Any
) -> None:
    goods.commission(mia, uris(1))
    desk = Desk(mia)
    form = hidden(desk.open("ship")) | {"packages": uri("S0"), "consignee": dan.organisation.pk}
    desk.send("/ship/", form)
    goods.now = timezone.now()
    goods.receive(
        dan,
        uris(1),
        mia,
    ).raise_refused()
    today.shift(7200)
    again = desk.send("/ship/", form)
    assert "already recorded" in after(again, desk.client)
    assert package(uri("S0")).custodian == dan.organisation
    assert not RefusedEvent.objects.exists()


def test_every_reason_stands_beside_the_form_with_its_code(
    dan: Any, mia: Any, petra: Any, goods: Any
) -> None:
    goods.commission(mia, uris(1))
    response = Desk(dan).fill_in(
        "ship",
        packages=f"{uri('S0')}\n{uri('UNKNOWN')}",
        consignee=petra.organisation.pk,
    )
    assert response.status_code == 422
    said = text(response)
    assert "not_custodian" in said
    assert "unknown_package" in said
    assert uri("S0") in response.content.decode(), "what was scanned is still in the form"
    assert package(uri("S0")).status == "active"


def test_a_bad_line_is_named_by_its_number(mia: Any, dan: Any, goods: Any) -> None:
    response = Desk(mia).fill_in(
        "ship", packages=f"{uri('S0')}\nrubbish", consignee=dan.organisation.pk
    )
    assert response.status_code == 422
    assert "Line 2:" in text(response)


def test_a_form_whose_moment_was_changed_records_nothing(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    response = Desk(mia).fill_in(
        "ship", packages=uri("S0"), consignee=dan.organisation.pk, moment="2026-11-01T00:00:00Z:x"
    )
    assert response.status_code == 422
    assert "form_too_old" in text(response)


def test_a_form_that_lay_open_while_the_pack_moved_is_dated_when_it_is_sent(
    mia: Any, dan: Any, goods: Any, today: Any
) -> None:
    desk = Desk(mia)
    fields = hidden(desk.open("ship"))
    today.shift(3600)
    goods.now = goods.now.replace(day=3, hour=8, minute=50)
    goods.commission(mia, uris(1))  # an hour after the form was opened
    response = desk.send(
        "/ship/", fields | {"packages": uri("S0"), "consignee": dan.organisation.pk}
    )
    assert response.status_code == 302, text(response)
    event = CustodyEvent.objects.get(kind="ship")
    assert event.occurred_at > CustodyEvent.objects.get(kind="commission").occurred_at


def test_goods_that_may_not_be_sold_can_go_back(mia: Any, dan: Any, goods: Any, batch: Any) -> None:
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, dan)
    batch.recalled_at = goods.now
    batch.save()
    desk = Desk(dan)
    forward = desk.fill_in("ship", packages=uri("S0"), consignee=mia.organisation.pk)
    assert "recalled" in text(forward)
    back = desk.fill_in("return", packages=uri("S0"), consignee=mia.organisation.pk)
    assert back.status_code == 302
    assert package(uri("S0")).status == "in_transit"
