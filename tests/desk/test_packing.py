from __future__ import annotations

from typing import Any

from apps.custody.models import CustodyEvent, Package
from apps.custody.selectors import contents
from pharmatrace.kernel.gs1.identifiers import make_sscc
from tests.custody.goods import package, uri, uris
from tests.desk.pages import Desk, after, hidden, text

SSCC = make_sscc("0", "560100", 1)
CASE = f"https://id.gs1.org/00/{SSCC}"


def test_a_free_container_number_is_filled_in(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(2))
    page = Desk(mia).open("pack")
    number = page.context["form"]["container"].value()
    assert len(number) == 18
    assert number.startswith("3560100")


def test_mia_packs_and_unpacks(mia: Any, goods: Any) -> None:
    goods.commission(mia, uris(3))
    desk = Desk(mia)
    packed = desk.sign(desk.scan("pack", *uris(3), container=SSCC))
    assert "3 packages packed" in after(packed, desk.client)
    assert contents(package(CASE).pk).count() == 3
    some = desk.fill_in("unpack", container=SSCC, packages=uri("S0"))
    assert some.status_code == 302
    assert contents(package(CASE).pk).count() == 2
    rest = desk.fill_in("unpack", container=SSCC)
    assert rest.status_code == 302
    assert contents(package(CASE).pk).count() == 0


def test_unpacking_what_is_empty_says_so(mia: Any, goods: Any) -> None:
    assert "never registered" in text(Desk(mia).fill_in("unpack", container=SSCC))


def test_a_batch_goes_into_cases_once_however_often_the_form_is_sent(
    mia: Any, goods: Any, batch: Any
) -> None:
    goods.commission(mia, uris(25))
    desk = Desk(mia)
    address = f"/batches/{batch.pk}/cases/"
    fields = hidden(desk.client.get(address)) | {"packs": 20, "size": 8}
    assert "20 packs are in 3 cases" in after(desk.send(address, fields), desk.client)
    again = desk.send(address, fields)
    assert "already recorded" in after(again, desk.client)
    assert CustodyEvent.objects.filter(kind="pack").count() == 3
    assert Package.objects.filter(batch=batch, parent=None).count() == 5


def test_more_packs_than_there_are_is_refused(mia: Any, goods: Any, batch: Any) -> None:
    goods.commission(mia, uris(3))
    response = Desk(mia).fill_in("cases", batch.pk, packs=10, size=5)
    assert response.status_code == 422
    assert "Only 3 packs" in text(response)


def test_somebody_without_a_company_prefix_scans_a_label(dan: Any) -> None:
    page = Desk(dan).open("pack")
    assert page.status_code == 200
    assert not page.context["form"]["container"].value()
