"""A stranger's photo is drawn anew: what is no picture is refused, and nothing but the picture is kept."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from apps.safety.photos import LONGEST_SIDE, MOST_OCTETS, redrawn
from pharmatrace.kernel.refusal import Refused
from tests.safety.reports import picture


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Maker of the camera"
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (41.0, 9.0, 0.0)
    return picture(exif=exif)


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 99)) + chunk(b"IEND", b"")  # fmt: skip


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg(kind: str) -> None:
    with Image.open(BytesIO(redrawn(picture(kind)))) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (60, 40))


def test_place_and_camera_are_gone_and_the_picture_stands_upright() -> None:
    original = with_place()
    assert b"Maker of the camera" in original
    kept = redrawn(original)
    with Image.open(BytesIO(kept)) as drawn:
        assert len(drawn.getexif()) == 0
        assert drawn.size == (40, 60)
    assert b"Maker of the camera" not in kept
    assert b"Exif" not in kept


@pytest.mark.parametrize("fault", [KeyError, struct.error, IndexError, TypeError, MemoryError])
def test_whatever_a_broken_picture_makes_of_the_decoder_is_one_refusal(
    monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def broken(*_: Any) -> None:
        raise fault

    monkeypatch.setattr("apps.safety.photos.ImageOps.exif_transpose", broken)
    with pytest.raises(Refused) as refused:
        redrawn(picture())
    assert refused.value.codes == ("photo_unreadable",)


def test_what_hides_behind_the_picture_is_gone() -> None:
    assert b"<script>" not in redrawn(picture() + b"<script>alert(1)</script>")


def test_large_ones_are_made_smaller_and_see_through_ones_white() -> None:
    with Image.open(BytesIO(redrawn(picture(size=(5000, 2500))))) as drawn:
        assert drawn.size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    clear = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(clear, "PNG")
    with Image.open(BytesIO(redrawn(clear.getvalue()))) as drawn:
        assert drawn.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"", "photo_size"),
        (b"x" * (MOST_OCTETS + 1), "photo_size"),
        (b"not a picture", "photo_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_unreadable"),
        (picture("GIF"), "photo_unreadable"),
        (picture("TIFF"), "photo_unreadable"),
        (picture(size=(900, 900))[:400], "photo_unreadable"),
        (bomb(8000, 8000), "photo_pixels"),
        (bomb(10_000, 10_000), "photo_pixels"),
        (bomb(60_000, 60_000), "photo_pixels"),
        (bomb(100, 100), "photo_unreadable"),
    ],
)
def test_what_is_no_photo_is_refused(octets: bytes, expected: str) -> None:
    with pytest.raises(Refused) as raised:
        redrawn(octets)
    assert raised.value.codes == (expected,)


def test_every_mode_is_drawn() -> None:
    how: list[tuple[str, str]] = [("PNG", "L"), ("PNG", "P"), ("PNG", "I;16"), ("PNG", "1"), ("JPEG", "CMYK"), ("PNG", "LA")]  # fmt: skip
    for kind, mode in how:
        out = BytesIO()
        made: Any = Image.new(mode, (10, 10))
        made.save(out, kind)
        assert redrawn(out.getvalue()).startswith(b"\xff\xd8")
