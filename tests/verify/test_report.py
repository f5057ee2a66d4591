"""Somebody outside reports a suspicion: without account, cookie or script, and is told a number to ask with."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.custody.models import CustodyEvent
from apps.safety.forgetting import forget_contacts, sweep
from apps.safety.models import Alert, Report, ReportContact, ReportTry
from apps.safety.report_rate import MOST_FROM_ONE, mark
from apps.safety.selectors import open_alerts
from apps.safety.services import close_alert
from tests.custody.goods import GTIN, Goods
from tests.safety.reports import AT, picture, reported

pytestmark = pytest.mark.django_db
FORM = "/verify/report/"
CODE = f"01/{GTIN}/21/S0"


def send(client: Client, address: str = "10.0.0.1", **changes: Any) -> Any:
    filled = {
        "code": CODE,
        "found": ["packaging", "other"],
        "once": str(uuid4()),
        "words": "Pale print.",
    }
    return client.post(FORM, {**filled, **changes}, REMOTE_ADDR=address)


def photo(octets: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("IMG_0001.jpg", picture() if octets is None else octets, "image/jpeg")


def test_a_report_reaches_the_maker_and_the_authority(
    sold: Goods, mia: Any, dan: Any, rosa: Any, stranger: Client
) -> None:
    response = send(stranger, photo=photo(), contact="ana@example.org")
    report = Report.objects.get()
    assert (response.status_code, response["Location"]) == (
        302,
        f"/verify/report/{report.reference}/",
    )
    assert not response.cookies
    assert (report.package_path, report.batch.lot) == (CODE, "L1")  # type: ignore[union-attr]
    for who, sees in ((mia, 1), (rosa, 1), (dan, 0)):
        assert open_alerts(who.actor).filter(kind="suspicion").count() == sees
    page = mia.client.get(f"/reports/{report.pk}/").content.decode()
    for shown in ("Pale print.", "ana@example.org", "its print or its label looks wrong", f"/reports/{report.pk}/photo.jpg"):  # fmt: skip
        assert shown in page
    assert mia.client.get(f"/reports/{report.pk}/photo.jpg")["Content-Type"] == "image/jpeg"
    assert dan.client.get(f"/reports/{report.pk}/").status_code == 403
    assert f"/reports/{report.pk}/" in mia.client.get("/alerts/").content.decode()


def test_another_maker_sees_neither_report_nor_photo(
    sold: Goods, mia: Any, stranger: Client
) -> None:
    from tests.cast import member

    max_ = member(
        name="Max", kind="manufacturer", company="Max Makes", gln="5604000000012",
        site_gln="5604000000029", city="Faro", country="PT", activity="manufacture",
    )  # fmt: skip
    send(stranger, photo=photo())
    report = Report.objects.get()
    for address in (f"/reports/{report.pk}/", f"/reports/{report.pk}/photo.jpg"):
        assert max_.client.get(address).status_code == 404
    assert report.reference not in max_.client.get("/reports/").content.decode()


def test_a_pack_nobody_knows_is_the_authoritys_alone(
    db: None, mia: Any, rosa: Any, stranger: Client
) -> None:
    assert send(stranger, code="no code at all").status_code == 302
    assert open_alerts(rosa.actor).count() == 1
    assert open_alerts(mia.actor).count() == 0
    page = rosa.client.get(f"/reports/{Report.objects.get().pk}/").content.decode()
    assert "no code at all" in page


def test_its_number_tells_how_it_goes_and_nothing_more(
    sold: Goods, mia: Any, stranger: Client
) -> None:
    send(stranger, contact="ana@example.org", words="I bought it at the market.")
    report = Report.objects.get()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", report.reference)
    Report.objects.update(reported_at=report.reported_at - timedelta(hours=1))
    address = f"/verify/report/{report.reference.lower().replace('-', ' ')}/"
    page = stranger.get(address).content.decode()
    assert "It waits to be read." in page
    for secret in ("ana@example.org", "market", "packaging", "Examplin", CODE):
        assert secret not in page
    mia.client.get(f"/reports/{report.pk}/")
    assert "It is being looked into." in stranger.get(address).content.decode()
    close_alert(alert=report.alert, at=AT)  # type: ignore[attr-defined]
    assert "Looked into and closed" in stranger.get(address).content.decode()


@pytest.mark.parametrize("number", ["AAAA-BBBB-CCCC", "x", "'; DROP TABLE", "Ä" * 30, "%00"])
def test_a_number_that_is_none(db: None, number: str, stranger: Client) -> None:
    assert stranger.get(f"/verify/report/{number}/").status_code == 404
    assert stranger.get("/verify/report/state/", {"reference": number}).status_code == 404
    assert stranger.get("/verify/report/state/").status_code == 200


def test_the_same_form_twice_is_one_report(db: None, stranger: Client) -> None:
    once = str(uuid4())
    first, second = (send(stranger, once=once, photo=photo()) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert (Report.objects.count(), Alert.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"found": []}, "Tick at least one thing"),
        ({"found": ["nonsense"]}, "nonsense"),
        ({"words": "x" * 1_501}, "1500"),
        ({"words": "a\x00b"}, "Null"),
        ({"once": "no"}, "Not sent yet"),
        ({"subject": "Buy now"}, "Leave this field empty"),
        ({"photo": photo(b"no picture")}, "not a JPEG, PNG or WebP"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    db: None, changes: Any, said: str, stranger: Client
) -> None:
    response = send(stranger, **changes)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Report.objects.exists()
    assert not Alert.objects.exists()


def test_too_much_is_not_even_read(db: None, stranger: Client) -> None:
    response = stranger.post(
        FORM, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(99_000_000)
    )
    assert response.status_code == 413


def test_one_visitor_sends_a_few_an_hour_and_others_are_not_kept_out(
    db: None, stranger: Client
) -> None:
    for _ in range(MOST_FROM_ONE):
        assert send(stranger).status_code == 302
    refused = send(stranger)
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")
    assert "try again in an hour" in refused.content.decode()
    assert send(stranger, "10.0.0.2").status_code == 302


def test_who_it_was_is_not_written_down(db: None, stranger: Client, today: Any) -> None:
    send(stranger, "203.0.113.77")
    row = ReportTry.objects.get(tries=1)
    assert b"203.0.113.77" not in bytes(row.visitor)
    hour = row.hour
    assert bytes(row.visitor) == mark("203.0.113.77", hour=hour)
    assert mark("203.0.113.77", hour=hour + timedelta(hours=1)) != mark("203.0.113.77", hour=hour)
    sweep(at=hour + timedelta(hours=2))
    assert not ReportTry.objects.exists()


def test_a_contact_is_kept_apart_and_forgotten(db: None, settings: Any) -> None:
    settings.CONTACT_DAYS = 90
    closed, still_open = (reported(contact="ana@example.org") for _ in range(2))
    close_alert(alert=closed.alert, at=AT)  # type: ignore[attr-defined]
    assert forget_contacts(at=AT + timedelta(days=89)) == 0
    assert forget_contacts(at=AT + timedelta(days=90)) == 1
    assert ReportContact.objects.get().report == still_open
    assert forget_contacts(at=AT + timedelta(days=365)) == 1
    assert Report.objects.count() == 2


def test_nothing_of_it_enters_an_event(sold: Goods, stranger: Client) -> None:
    before = CustodyEvent.objects.count()
    send(stranger, contact="ana@example.org")
    assert CustodyEvent.objects.count() == before


def test_a_kept_photo_lies_under_a_name_that_cannot_be_guessed(db: None, stranger: Client) -> None:
    send(stranger, photo=photo())
    name = Report.objects.get().photo
    assert re.fullmatch(r"reports/\d{6}/[0-9a-f]{32}\.jpg", name)
    with default_storage.open(name) as file:
        assert file.read(2) == b"\xff\xd8"
