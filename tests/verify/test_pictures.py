"""Codes in pictures: read as a scanner would send them; what would cost too much is refused before it is decoded."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.verify import pictures, views_frame
from apps.verify.pace import Pace
from apps.verify.pictures import codes_in
from pharmatrace.kernel.gs1.read import read
from pharmatrace.kernel.refusal import Refused
from tests.verify.symbols import drawn, jpeg, png

GTIN = "09521234543213"
CODE = f"(01){GTIN}(17)271031(10)L-1(21)AB/12"
RAW = f"01{GTIN}1727103110L-1\x1d21AB/12"
OURS = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture(autouse=True)
def own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_frame, "PACE", Pace(most=1_000, window=timedelta(minutes=1)))


def post(octets: bytes, kind: str = "image/jpeg", **headers: str) -> Any:
    return Client().post("/scan/frame/", octets, content_type=kind, **(headers or OURS))


@pytest.mark.parametrize(
    ("symbol", "content", "raw"),
    [
        ("DataMatrix", CODE, f"]d2{RAW}"),
        ("QRCode", CODE, f"]Q3{RAW}"),
        ("Code128", f"(01){GTIN}(10)L1(21)S1", f"]C101{GTIN}10L1\x1d21S1"),
        ("EAN13", "9521234543213", "]E09521234543213"),
        ("UPCA", "952123454324", "]E00952123454324"),
        ("QRCode", f"https://a.example/01/{GTIN}/21/S1", f"]Q1https://a.example/01/{GTIN}/21/S1"),
        ("DataMatrix", "[)>\x1e06\x1d9N111234567842\x1d1TL1\x1dD271031\x1dSS1\x1e\x04",
         "]d1[)>\x1e06\x1d9N111234567842\x1d1TL1\x1dD271031\x1dSS1\x1e\x04"),
    ],
)  # fmt: skip
def test_what_is_read_is_what_a_scanner_sends(symbol: str, content: str, raw: str) -> None:
    for octets in (png(drawn(symbol, content)), jpeg(drawn(symbol, content).rotate(2, fillcolor=255, expand=True))):  # fmt: skip
        assert [one.raw for one in codes_in(octets)] == [raw]


def test_a_pack_is_named_before_everything_else_in_the_picture() -> None:
    one, other = drawn("EAN13", "9521234543213"), drawn("DataMatrix", CODE)
    both = Image.new("L", (one.width + other.width + 80, one.height + other.height + 80), 255)
    both.paste(one, (20, 20))
    both.paste(other, (one.width + 60, one.height + 40))
    found = codes_in(png(both))
    assert [code.symbol for code in found] == ["GS1 Data Matrix", "EAN/UPC"]
    assert read(found[0].raw).serial == "AB/12"


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred octets that says it is as large as this."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))  # fmt: skip

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100_000)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


WHOLE = jpeg(drawn("DataMatrix", CODE))
PROGRESSIVE = jpeg(drawn("DataMatrix", CODE), progressive=True)


def claiming(octets: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header says another size."""
    at = max(octets.find(b"\xff\xc0"), octets.find(b"\xff\xc2"))
    return octets[: at + 5] + struct.pack(">HH", height, width) + octets[at + 9 :]


def gif() -> bytes:
    out = io.BytesIO()
    Image.new("L", (10, 10)).save(out, "GIF")
    return out.getvalue()


@pytest.mark.parametrize(
    ("octets", "code", "status"),
    [
        (b"\x00" * 5000, "picture_unknown", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture_unknown", 415),
        (gif(), "picture_unknown", 415),
        (WHOLE[:2], "picture_unknown", 415),
        (WHOLE[:400], "picture_broken", 400),
        (png(drawn("QRCode", "x"))[:200], "picture_broken", 400),
        (bomb(60_000, 60_000), "picture_too_many_pixels", 400),
        (bomb(4_001, 4_000), "picture_too_many_pixels", 400),
        (bomb(0, 4_000), "picture_unknown", 415),
        (claiming(WHOLE, 65_000, 65_000), "picture_too_many_pixels", 400),
        (claiming(PROGRESSIVE, 6_000, 6_000), "picture_too_many_pixels", 400),
        (WHOLE + b"\xff\xda" * 101, "picture_too_intricate", 400),
        (WHOLE + bytes(views_frame.MOST_FRAME), "picture_too_large", 413),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else str(value),
)
def test_what_is_no_picture_of_a_code_is_refused_with_its_reason(
    octets: bytes, code: str, status: int
) -> None:
    answer = post(octets)
    assert (answer.json()["code"], answer.status_code) == (code, status)
    assert answer.json()["sentence"].endswith(".")


def test_a_picture_without_a_code_is_no_fault() -> None:
    assert post(png(Image.new("L", (300, 300), 255)), "image/png").json() == {"codes": []}


def test_a_frame_is_read_for_our_own_pages_only() -> None:
    assert post(WHOLE).json()["codes"] == [{"raw": f"]d2{RAW}", "symbol": "GS1 Data Matrix"}]
    same = post(WHOLE, HTTP_ORIGIN="http://testserver")
    assert same.status_code == 200
    for headers in (
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://[testserver"},
        {"HTTP_ACCEPT": "*/*"},
    ):
        refused = post(WHOLE, **headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "foreign_page")
    assert Client().get("/scan/frame/").status_code == 405
    other = post(WHOLE, "multipart/form-data; boundary=x")
    assert (other.status_code, other.json()["code"]) == (415, "picture_type")


def test_a_camera_that_runs_wild_is_told_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views_frame, "PACE", Pace(most=0.05, window=timedelta(minutes=1)))
    answers = [post(b"rubbish") for _ in range(6)]  # even rubbish costs a hundredth of a second
    assert [answer.status_code for answer in answers] == [415] * 5 + [429]
    assert answers[5].json()["code"] == "too_often"
    assert 0 < int(answers[5]["Retry-After"]) <= 60
    assert answers[5]["Cache-Control"] == "no-store"
    assert photo(WHOLE).status_code == 429


def test_visitors_wait_for_themselves_alone_and_not_for_ever() -> None:
    pace = Pace(most=2, window=timedelta(minutes=1))
    start = datetime(2026, 11, 2, tzinfo=UTC)
    pace.charge("a", 1.5, at=start)
    assert pace.wait("a", at=start) == 0
    pace.charge("a", 1.5, at=start + timedelta(seconds=30))
    assert pace.wait("a", at=start + timedelta(seconds=30)) == 30
    assert pace.wait("b", at=start + timedelta(seconds=30)) == 0
    assert pace.wait("a", at=start + timedelta(seconds=59.8)) == 1
    assert pace.wait("a", at=start + timedelta(minutes=1)) == 0
    assert pace.wait("a", at=start - timedelta(hours=1)) == 0  # the clock was set back


def test_what_is_remembered_of_visitors_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.verify.pace.MOST_VISITORS", 3)
    pace = Pace(most=1, window=timedelta(minutes=1))
    start = datetime(2026, 11, 2, tzinfo=UTC)
    for visitor in "abcda":
        pace.charge(visitor, 1, at=start)
    assert [pace.wait(visitor, at=start) for visitor in "abcd"] == [60, 0, 60, 60]


def test_nothing_is_written_and_nobody_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any, db: None
) -> None:
    monkeypatch.setattr(settings, "FILE_UPLOAD_MAX_MEMORY_SIZE", 10)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", "/nowhere/at/all")
    with django_assert_num_queries(0):
        answer = post(WHOLE)
        form = photo(jpeg(drawn("DataMatrix", CODE)))
    assert not answer.cookies
    assert not form.cookies
    assert form.status_code == 302


def photo(octets: bytes, to: str = "ask", **headers: str) -> Any:
    uploaded = SimpleUploadedFile("code.jpg", octets, content_type="image/jpeg")
    return Client().post("/scan/photo/", {"photo": uploaded, "to": to}, **(headers or OURS))


def test_a_photo_leads_back_with_its_code_and_nowhere_else(db: None) -> None:
    assert photo(WHOLE)["Location"].startswith("/verify/?code=%5Dd201")
    assert "%1D21AB" in photo(WHOLE)["Location"]
    assert photo(WHOLE, to="dispense")["Location"].startswith("/dispense/?code=")
    assert photo(WHOLE, to="https://elsewhere.example")["Location"].startswith("/verify/?")
    for octets, code, status in (
        (png(Image.new("L", (50, 50), 255)), "no_code_in_picture", 400),
        (b"rubbish", "picture_unknown", 415),
        (b"", "picture_empty", 400),
    ):
        refused = photo(octets)
        assert refused.status_code == status
        assert code in refused.content.decode()
        assert 'name="photo"' in refused.content.decode()
    assert photo(WHOLE, HTTP_ORIGIN="https://elsewhere.example").status_code == 403
    assert photo(bytes(pictures.MOST_OCTETS + 100_000)).status_code == 413


def test_every_refusal_is_a_refusal() -> None:
    with pytest.raises(Refused) as refused:
        codes_in(bytes(pictures.MOST_OCTETS + 1))
    assert refused.value.codes == ("picture_too_large",)
