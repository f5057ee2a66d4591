"""docs/guide/regulator.md, step by step, in a browser with the demo. What stands in bold there is pressed here."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pharmatrace.demo.fill import fill
from pharmatrace.demo.scale import Scale
from tests.browser.conftest import (  # noqa: F401  (fixtures)
    database_beside_the_browser,
)
from tests.guide.steps import by_key, choose_in_menu

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guide" / "regulator.md"
PASSWORD = "only for the test"
TINY = Scale(divisor=1_000, case=8, pallet=4)


class Reader:
    """Somebody who follows the page; remembers which words were pressed or filled."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.words: set[str] = set()

    def menu(self, words: str, group: str = "") -> None:
        self.words |= {words, group} - {""}
        choose_in_menu(self.page, words, group)

    def press(self, words: str, within: Locator | None = None) -> None:
        self.words.add(words)
        place = within or self.page.locator(".content")
        both = place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words))
        by_key(both.first)

    def field(self, words: str) -> Locator:
        self.words.add(words)
        return self.page.get_by_label(words).first

    def sees(self, words: str) -> None:
        expect(self.page.get_by_role("main").get_by_text(words).first).to_be_visible()


@pytest.fixture
def reader(browser: Browser, live_server: Any) -> Iterator[Reader]:
    told = datetime.now(UTC).replace(microsecond=0)
    fill(scale=TINY, password=PASSWORD, clock=lambda: told)
    context = browser.new_context(base_url=live_server.url, accept_downloads=True)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    yield Reader(page)
    context.close()


def sign_in(reader: Reader, name: str) -> None:
    reader.page.get_by_label("E-mail").fill(f"{name}@demo.example")
    reader.page.get_by_label("Password").fill(PASSWORD)
    by_key(reader.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True))


def test_a_regulators_day_as_the_guide_tells_it(reader: Reader, tmp_path: Path) -> None:
    page = reader.page
    page.goto("/")
    reader.press("Sign in", within=page.get_by_role("banner"))
    sign_in(reader, "rosa")

    reader.menu("Alerts")
    reader.field("Kind").select_option(label="Serial used twice")
    reader.field("State").select_option(label="Open")
    reader.press("Show")
    travelled = page.get_by_role("listitem").filter(has_text="pharmacy in Portugal").filter(has_text="00191778001693")  # fmt: skip
    by_key(travelled.first.locator("a.code"))

    expect(page.get_by_role("heading", name="Route")).to_be_visible()
    reader.words.add("Route")
    reader.sees("This cannot be one pack")
    reader.sees("impossible")
    expect(page.get_by_role("img", name="Map of the places")).to_be_visible()
    dispensed = page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name="Dispensed")
    )
    reader.press("The event", within=dispensed)

    expect(reader.field("Case")).to_contain_text("Copied serials in Lisboa")
    reader.field("Why").fill("The genuine pack, or its twin.")
    reader.press("Add to the case")
    expect(page.get_by_role("heading", level=1)).to_have_text("Copied serials in Lisboa")
    reader.sees("The genuine pack, or its twin.")
    reader.field("New note").fill("The wholesaler was asked for its papers.")
    reader.press("Write it down")
    reader.sees("The wholesaler was asked for its papers.")
    with page.expect_download() as download:
        reader.press("Signed archive")
    assert re.fullmatch(r"case-[0-9a-f-]{36}\.zip", download.value.suggested_filename)
    file = tmp_path / "case.zip"
    download.value.save_as(file)
    assert "HOLDS" in offline(file)

    reader.menu("Search")
    reader.field("A code, a number or a name").fill("Farmácia Demo do Castelo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Farmácia Demo do Castelo")
    reader.sees("Ends within 90 days")
    for verb in ("Suspend", "Reinstate"):
        reader.press(verb)
        reader.sees("entered into the log")
        by_key(page.get_by_role("main").get_by_role("button", name=verb))
        expect(page.get_by_role("status")).to_contain_text("Done, and entered into the log")
    reader.menu("Licences", "Oversight")
    reader.field("State").select_option(label="Ends within 90 days")
    reader.press("Show")
    reader.sees("DEMO-302-D")
    reader.press("Grant a licence")
    expect(page.get_by_label("Valid until")).to_be_visible()

    reader.menu("Recalls")
    by_key(page.get_by_role("link", name="Lot DIF4"))
    reader.sees("still in the chain")
    with page.expect_download() as download:
        reader.press("CSV")
    assert "packs" in download.value.suggested_filename

    reader.menu("Alerts")
    reader.field("What came of it").fill("The carton is a copy.")
    reader.press("Close")
    expect(page.get_by_role("status")).to_contain_text("The alert is closed.")

    reader.menu("Access log", "Oversight")
    for look in ("History of a package", "Exported case file", "Exported list"):
        reader.sees(look)
    by_key(page.locator("button.who"))
    reader.press("Sign out", within=page.locator("#account"))
    page.goto("/login/")
    sign_in(reader, "paul")
    reader.menu("Looked at by authorities")
    reader.sees("Demo Medicines Authority")

    bold = set(re.findall(r"\*\*(.+?)\*\*", PAGE.read_text())) - {"bold"}
    assert reader.words == bold


def offline(file: Path) -> str:
    """What the command says where there is no Django, no database and no setting of ours."""
    code = (
        "import sys; sys.modules['django'] = None; sys.modules['psycopg2'] = None\n"
        "from pharmatrace.kernel.__main__ import run; sys.exit(run())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "verify", str(file)], cwd=ROOT, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
