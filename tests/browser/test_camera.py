"""A GS1 DataMatrix held before a camera: Chromium's fake video device plays it, our own endpoint reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserType, Page, expect

from tests.browser.test_counter import code
from tests.custody.goods import GTIN, uri, uris
from tests.verify.symbols import drawn, jpeg

pytestmark = pytest.mark.django_db(transaction=True)
WIDTH, HEIGHT = 640, 480
BRACKETED = f"(01){GTIN}(17)271031(10)L1(21)S0"


def film(path: Path) -> Path:
    """Two seconds of a pack in a hand: a grey picture, then the code in it, slightly turned."""
    symbol = drawn("DataMatrix", BRACKETED, scale=8).rotate(7, fillcolor=255, expand=True)
    shown = Image.new("L", (WIDTH, HEIGHT), 140)
    shown.paste(symbol, ((WIDTH - symbol.width) // 2, (HEIGHT - symbol.height) // 2))
    colour = bytes([128]) * (WIDTH * HEIGHT // 2)
    frames = [Image.new("L", (WIDTH, HEIGHT), 140)] * 5 + [shown] * 15
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            out.write(b"FRAME\n" + frame.tobytes() + colour)
    return path


@pytest.fixture
def page(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], live_server: Any,
    tmp_path: Path, sign_in: Any, mia: Any, petra: Any, goods: Any,
) -> Iterator[Page]:  # fmt: skip
    goods.commission(mia, uris(1))
    goods.move(uris(1), mia, petra)
    video = film(tmp_path / "pack.y4m")
    browser = browser_type.launch(
        **browser_type_launch_args
        | {
            "args": [
                *browser_type_launch_args["args"],
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={video}",
            ]
        }
    )
    context = browser.new_context(base_url=live_server.url, permissions=["camera"])
    page = context.new_page()
    sign_in(page, "petra")
    yield page
    browser.close()


def test_a_pack_before_the_camera_is_checked_and_the_picture_goes_nowhere_else(page: Page) -> None:
    page.goto("/dispense/")
    assert page.evaluate("typeof BarcodeDetector") == "undefined"
    page.evaluate("""() => {
      window.scans = [];
      document.addEventListener("scan", (event) => window.scans.push(event.detail), true);
    }""")
    sent: list[Any] = []
    page.on("request", lambda asked: sent.append(asked) if asked.method == "POST" else None)
    page.get_by_role("button", name="Camera").click()
    expect(page.get_by_role("heading", name="May be dispensed")).to_be_visible()
    expect(page.get_by_role("button", name="Camera")).to_have_attribute("aria-expanded", "true")
    scan = page.evaluate("window.scans[0]")
    assert (scan["raw"], scan["source"]) == (code("S0"), "camera")
    frames = [asked for asked in sent if asked.url.endswith("/scan/frame/")]
    assert frames
    assert all("cookie" not in asked.all_headers() for asked in frames)
    assert {asked.url.rpartition("/scan/frame/")[1] or asked.url.rpartition("/dispense/")[1] for asked in sent} == {"/scan/frame/", "/dispense/"}  # fmt: skip
    page.get_by_role("button", name="Camera").click()
    expect(page.get_by_label("What the camera sees")).to_be_hidden()
    assert page.evaluate("window.scans.length") == 1, "a code that stays in view is one scan"


def test_a_photo_is_read_where_there_is_no_camera(page: Page, tmp_path: Path) -> None:
    picture = tmp_path / "photo.jpg"
    symbol = drawn("DataMatrix", BRACKETED, scale=10)
    whole = Image.new("L", (3000, 2000), 200)
    whole.paste(symbol, (1400, 900))
    picture.write_bytes(jpeg(whole))
    page.goto("/packages/")
    page.locator("[data-scan-photo]").set_input_files(tmp_path / "photo.jpg")
    expect(page.get_by_role("heading", name="Examplin")).to_be_visible()
    assert uri("S0").rpartition("/")[2] in page.content()
    page.goto("/packages/")
    picture.write_bytes(jpeg(Image.new("L", (800, 600), 200)))
    page.locator("[data-scan-photo]").set_input_files(picture)
    expect(page.locator("[data-scan-word]")).to_have_text("No code was found in this picture. Go closer, with more light.")  # fmt: skip
