"""A scanner is calibrated once at its device; from then on what it types is turned back into what it scanned."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from apps.desk.scanners import COOKIE
from apps.parties.models import Scanner
from pharmatrace.kernel.gs1.calibration import Calibration
from pharmatrace.kernel.gs1.reference_code import REFERENCE
from tests.cast import Member
from tests.custody.goods import GTIN, package, uris
from tests.desk.pages import Desk, after, hidden, text

GS = "\x1d"
# Keys of a scanner that is set for the United States, on a computer that is set for Germany.
GERMAN = str.maketrans("yzYZ'/-]" + GS, "zyZYä-ß+#")
SPACES = str.maketrans({GS: " ", "\x1c": " ", "\x1e": " ", "\x1f": " "})


def pack(serial: str, prefix: str = "]d2") -> str:
    return f"{prefix}01{GTIN}17271031" + f"10L1{GS}21{serial}"


@pytest.fixture
def desk(petra: Member) -> Desk:
    return Desk(petra)


def keep(desk: Desk, reference: str, name: str = "Counter 1") -> Any:
    page = desk.send("/scanner/", {"code": reference, "source": "wedge"})
    return desk.send("/scanner/keep/", hidden(page) | {"name": name})


def calibrated(desk: Desk, reference: str = ("]d1" + REFERENCE).translate(GERMAN)) -> Scanner:
    assert keep(desk, reference).status_code == 302
    return Scanner.objects.get()


def tried(desk: Desk, code: str, **fields: str) -> str:
    return text(desk.send("/scanner/", {"code": code, "source": "wedge"} | fields))


def test_a_foreign_layout_is_told_refused_and_after_one_scan_read_back(desk: Desk) -> None:
    typed = pack("Zy/1").translate(GERMAN)
    assert "foreign_layout" in tried(desk, typed)
    scanner = calibrated(desk)
    assert (scanner.name, scanner.site.name) == ("Counter 1", "Petra's Pharmacy Lisboa")
    assert desk.client.cookies[COOKIE].value == str(scanner.pk)
    assert desk.client.cookies[COOKIE]["httponly"]
    said = tried(desk, typed)
    assert "Read without a fault" in said
    assert "Zy/1" in said


def test_what_to_set_is_said_setting_by_setting(desk: Desk) -> None:
    page = text(desk.send("/scanner/", {"code": REFERENCE.swapcase().translate(SPACES), "source": "wedge"}))  # fmt: skip
    assert "Switch Caps Lock off" in page
    assert "Let the scanner send GS" in page
    assert "transmit AIM identifier" in page
    fine = text(desk.send("/scanner/", {"code": "]d1" + REFERENCE, "source": "wedge"}))
    assert "Scanner and computer agree" in fine
    assert "Set the" not in fine
    assert "Set the suffix to Enter" in tried(desk, pack("S1"), suffix="none")
    assert "Enter, as it should be" in tried(desk, pack("S1"), suffix="Enter")


def test_every_box_and_list_of_the_desk_reads_what_the_scanner_types(
    desk: Desk, mia: Any, petra: Any, goods: Any
) -> None:
    serials = ["Zy1", "yZ2", "Y-Z"]
    goods.commission(mia, [_uri(s) for s in serials])
    goods.move([_uri(s) for s in serials], mia, petra)
    calibrated(desk)
    typed = [pack(serial).translate(GERMAN) for serial in serials]
    found = desk.client.get("/packages/", {"code": typed[0], "source": "wedge"})
    assert found["Location"] == f"/packages/{package(_uri('Zy1')).pk}/"
    assert "May be dispensed" in text(desk.send("/dispense/", {"code": typed[1], "source": "wedge"}))  # fmt: skip
    # A list has no box to tell a scan from typing: the AIM identifier as this scanner types it does.
    response = desk.fill_in("record-kind", "decommission", packages="\n".join(typed))
    assert "recorded for 3 packages" in after(response, desk.client)


def _uri(serial: str) -> str:
    return uris(1)[0].replace("S0", serial)


def test_what_a_hand_types_or_a_camera_sees_is_not_turned_back(desk: Desk) -> None:
    calibrated(desk)
    assert "Zy1" in tried(desk, pack("Zy1"), source="camera")
    assert "Zy1" in tried(desk, pack("Zy1"), source="photo")
    assert "Zy1" in tried(desk, f"(01){GTIN}(21)Zy1", source="keys")
    assert "Zy1" in tried(desk, pack("Zy1"), source="paste")


def test_without_the_aim_identifier_a_list_refuses_what_could_be_two_packs(desk: Desk) -> None:
    calibrated(desk, REFERENCE.translate(GERMAN))
    both = f"01{GTIN}21Zy1"  # scanned it is Yz1, typed by hand it is Zy1
    assert "scanned_or_typed" in tried(desk, both, source="")
    assert "Yz1" in tried(desk, both, source="wedge")
    assert "A1" in tried(desk, f"01{GTIN}21A1", source="")


def test_a_scanner_that_types_spaces_is_refused_and_never_guessed(desk: Desk) -> None:
    calibrated(desk, ("]d1" + REFERENCE).translate(SPACES))
    said = tried(desk, pack("S1").translate(SPACES))
    assert "scan_not_calibrated" in said
    assert "Serial number" not in said


def test_several_scanners_at_a_site_and_each_device_remembers_its_own(
    desk: Desk, petra: Member
) -> None:
    first = calibrated(desk)
    other = Desk(Member(petra.user, petra.organisation, petra.site, petra.membership))
    assert "has no scanner" in text(other.open("scanner"))
    assert "already" in after(keep(other, "]d1" + REFERENCE), other.client)
    assert "scanner “Counter 2”" in after(keep(other, "]d1" + REFERENCE, "Counter 2"), other.client)
    assert Scanner.objects.count() == 2
    assert "scanner “Counter 1”" in text(desk.open("scanner"))
    other.send("/scanner/choose/", {"use": str(first.pk)})
    assert "scanner “Counter 1”" in text(other.open("scanner"))
    other.send("/scanner/choose/", {"forget": "yes"})
    assert "has no scanner" in text(other.open("scanner"))
    desk.send("/scanner/choose/", {"retire": str(first.pk)})
    assert "has no scanner" in text(desk.open("scanner"))
    assert "foreign_layout" in tried(desk, pack("Zy/1").translate(GERMAN))
    assert keep(desk, "]d1" + REFERENCE, "Counter 1").status_code == 302  # the name is free again
    assert Scanner.objects.filter(retired_at=None).count() == 2


def test_a_scanner_is_calibrated_anew_without_losing_its_name(desk: Desk) -> None:
    scanner = calibrated(desk)
    page = desk.send("/scanner/", {"code": "]d1" + REFERENCE, "source": "wedge"})
    desk.send("/scanner/keep/", hidden(page) | {"again": "yes"})
    assert "layout_same" in [n.code for n in _learned(scanner)]
    assert "Zy/1" in tried(desk, pack("Zy/1"))


def _learned(scanner: Scanner) -> Any:
    scanner.refresh_from_db()
    return Calibration.from_json(scanner.calibration).notes


def test_the_scanner_of_another_site_is_nobodys_here(desk: Desk, dan: Member) -> None:
    scanner = calibrated(desk)
    stranger = Desk(dan)
    stranger.client.cookies[COOKIE] = str(scanner.pk)
    assert "has no scanner" in text(stranger.open("scanner"))
    assert stranger.send("/scanner/choose/", {"use": str(scanner.pk)}).status_code == 404
    assert stranger.send("/scanner/choose/", {"retire": str(scanner.pk)}).status_code == 404


@pytest.mark.parametrize(
    "cookie", ["", "rubbish", "00000000-0000-0000-0000-000000000000", "\x00" * 9]
)
def test_a_strange_cookie_is_no_cookie(desk: Desk, cookie: str) -> None:
    desk.client.cookies[COOKIE] = cookie
    assert "has no scanner" in text(desk.open("scanner"))


@pytest.mark.parametrize(
    "code", ["", "x", "\x00" * 400, "9" * 9000, "  " * 500, "\U0001f600" * 300, "a " * 400]
)
def test_anything_at_all_can_be_put_into_the_box(desk: Desk, code: str) -> None:
    for source in ("wedge", "", "camera", "x" * 500):
        assert desk.send("/scanner/", {"code": code, "source": source}).status_code == 200


def test_only_what_was_learned_here_is_kept(desk: Desk) -> None:
    for learned in ("", "rubbish", '{"format": "pharmatrace-scanner/1"}', "\x00"):
        response = desk.send("/scanner/keep/", {"learned": learned, "name": "x"})
        assert "too long ago" in after(response, desk.client)
    page = desk.send("/scanner/", {"code": "]d1" + REFERENCE})
    for name in ("", " " * 5, "x" * 61):
        response = desk.send("/scanner/keep/", hidden(page) | {"name": name})
        assert response.status_code == 302
    assert not Scanner.objects.exists()


def test_reading_without_a_scanner_asks_the_database_nothing(
    desk: Desk, django_assert_num_queries: Any
) -> None:
    desk.open("scanner")
    with django_assert_num_queries(3):  # session, person, membership
        desk.client.get("/packages/", {"code": "rubbish"})


def test_the_reference_code_on_the_page_is_the_reference_code(desk: Desk) -> None:
    answer = desk.open("scanner-reference")
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)))
    assert bytes(found.bytes).decode() == REFERENCE
    assert found.symbology_identifier == "]d1"
