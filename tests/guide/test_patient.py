"""docs/guide/patient.md, step by step: 320 pixels, no JavaScript, no cookie. What stands in bold there is pressed or read here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from apps.safety.models import Report
from pharmatrace.demo.fill import fill
from pharmatrace.demo.poster import links
from pharmatrace.demo.scale import Scale
from tests.browser.pictures import keep
from tests.guide.steps import by_key
from tests.safety.reports import picture

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "patient.md"
TINY = Scale(divisor=1_000, case=8, pallet=4)


@pytest.fixture
def poster(live_server: Any) -> dict[str, str]:
    """The addresses the demo prints."""
    filled = fill(scale=TINY, password="only for the test", clock=lambda: datetime.now(UTC))
    return links(filled, site_url=live_server.url)


@pytest.fixture
def phone(browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, viewport={"width": 320, "height": 640}
    )
    page = context.new_page()
    yield page
    assert context.cookies() == []
    context.close()


def fits(page: Page) -> None:
    box = page.locator("body").bounding_box()
    assert box
    assert box["width"] <= 320
    for part in page.locator("main > *").all():
        inner = part.bounding_box()
        assert inner is None or inner["x"] + inner["width"] <= 321


def photographed(page: Page, name: str) -> None:
    """Kept at three widths where PHARMATRACE_SHOTS asks for it."""
    keep(page, name, "light")
    page.set_viewport_size({"width": 320, "height": 640})


def test_a_patient_scans_reads_and_reports(
    phone: Page, poster: dict[str, str], tmp_path: Path
) -> None:
    verdict = phone.get_by_role("heading", level=1)

    phone.goto(poster["a good pack, with its evidence"])  # 1
    expect(verdict).to_have_text("In order")  # 2
    fits(phone)
    photographed(phone, "patient-in-order")
    expect(phone.locator("dt", has_text="Lot").first).to_be_visible()  # 3
    expect(phone.locator("dt", has_text="Expiry").first).to_be_visible()
    expect(phone.get_by_role("heading", name="What this does not prove")).to_be_visible()  # 4
    expect(
        phone.get_by_text("This page was opened for the first time just now.")
    ).to_be_visible()  # 5

    by_key(phone.get_by_role("link", name="Read the leaflet"))  # 6
    expect(phone.get_by_text("Valid since")).to_be_visible()
    expect(phone.get_by_role("heading", name="3. How to use it")).to_be_visible()
    fits(phone)
    photographed(phone, "patient-leaflet")
    address = phone.get_by_role("link", name="Open the leaflet (PDF)").get_attribute("href")  # 7
    file = phone.request.get(str(address))
    assert file.body().startswith(b"%PDF-")
    assert "immutable" in file.headers["cache-control"]
    by_key(phone.get_by_role("link", name="Deutsch", exact=True))
    expect(phone.get_by_role("link", name="Packungsbeilage öffnen (PDF)")).to_be_visible()

    phone.goto(poster["a pack of a recalled batch"])  # 8
    expect(verdict).to_have_text("Recalled")
    expect(phone.get_by_role("heading", name="Recall notice")).to_be_visible()  # 9
    expect(phone.locator("section", has_text="What to do now").locator("ol > li")).to_have_count(4)
    fits(phone)
    photographed(phone, "patient-recalled")
    phone.emulate_media(media="print")  # 10
    expect(verdict).to_be_visible()
    expect(phone.get_by_role("link", name="Report a suspicion")).to_be_hidden()
    phone.emulate_media(media="screen")

    phone.goto(poster["a serial presented twice"])  # 11
    expect(verdict).to_have_text("Already handed to a patient")
    expect(phone.get_by_text("more than one household")).to_be_visible()
    photographed(phone, "patient-twice")
    by_key(phone.get_by_role("link", name="Report a suspicion"))  # 12
    expect(phone.get_by_label("Code on the pack")).to_have_value(re.compile(r"^\(01\)\d{14}\(21\)"))
    photo = tmp_path / "pack.jpg"
    photo.write_bytes(picture())
    by_key(phone.get_by_label("The box, its print or its label looks wrong"))  # 13
    phone.get_by_label("In your own words").fill("The print is blurred.")
    phone.get_by_label("A photo of the pack").set_input_files(photo)
    fits(phone)
    photographed(phone, "patient-report")
    by_key(phone.get_by_role("button", name="Send the report"))  # 14
    expect(verdict).to_have_text("Thank you. Your report has arrived.")
    number = phone.locator(".verdict .code").inner_text()
    assert Report.objects.get(reference=number).photo
    photographed(phone, "patient-thanks")

    phone.goto("/verify/report/state/")  # 15
    phone.get_by_label("Number of the report").fill(number.lower())
    by_key(phone.get_by_role("button", name="Show"))
    expect(phone.get_by_text("It waits to be read.")).to_be_visible()


def test_the_guide_names_what_is_there() -> None:
    text = GUIDE.read_text()
    walked = Path(__file__).read_text()
    missing = [word for word in re.findall(r"\*\*(.+?)\*\*", text) if word not in walked and word not in ("Check", "Others")]  # fmt: skip
    assert missing == []
