"""Where a QR code leads: the browser says the same of the compact form as the kernel, and never green by itself."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from apps.ledger.services import open_log
from apps.verify.offline import offline_page
from pharmatrace.kernel.evidence.bundle import read_bundle
from pharmatrace.kernel.evidence.compact import NotCompact, pack, verify_compact
from pharmatrace.kernel.evidence.digits import to_digits
from pharmatrace.kernel.tlog.note import Signer
from tests.browser.evidence_pages import BUNDLES, serve
from tests.browser.pictures import keep

GOOD = read_bundle((BUNDLES / "good-public.json").read_bytes())
VKEY = GOOD.log.vkey
PACKED = pack(GOOD, 0)
VERIFY = """async ([files, options]) => {
  const {verifyCompact} = await import("/evidence/compact.js");
  const {Fault} = await import("/evidence/octets.js");
  const answers = [];
  for (const file of files) {
    try {
      const octets = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
      const {holds, checks} = await verifyCompact(octets, options);
      answers.push([holds, checks.map((c) => [c.name, c.place, c.outcome])]);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      answers.push(null);
    }
  }
  return answers;
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def in_python(octets: bytes, vkey: str) -> list[Any] | None:
    try:
        verdict = verify_compact(octets, log_vkey=vkey)
    except NotCompact:
        return None
    return [verdict.holds, [[c.name, c.place, str(c.outcome)] for c in verdict.checks]]


@pytest.mark.parametrize(
    "vkey", [VKEY, Signer.from_seed(GOOD.log.origin, bytes(32)).verifier.vkey()]
)
def test_both_agree_on_every_changed_octet(page: Page, vkey: str) -> None:
    files = [PACKED, b"", PACKED + b"\x00", *(pack(GOOD, at) for at in range(5))]
    files += [
        PACKED[:at] + bytes((PACKED[at] ^ 4,)) + PACKED[at + 1 :] for at in range(0, len(PACKED), 7)
    ]
    said = serve(page).evaluate(
        VERIFY, [[b64encode(file).decode() for file in files], {"logVkey": vkey}]
    )
    assert said == [in_python(file, vkey) for file in files]


def test_the_saved_page_reads_what_a_code_says(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "check.html"
    file.write_bytes(offline_page().html)
    page.goto(file.as_uri())
    page.get_by_label("What a QR code").fill(
        f"https://trace.example.org/verify/qr/#{to_digits(PACKED)}"
    )
    page.get_by_label("What a QR code").blur()
    expect(page.locator(".verdict__word")).to_have_text("The key of the log is missing")
    page.get_by_label("The key of the log").fill(VKEY)
    page.get_by_label("The key of the log").blur()
    expect(page.locator(".verdict--good .verdict__word")).to_have_text("This proof holds")
    expect(page.locator("dl.facts")).to_contain_text("LOT-7")
    page.get_by_label("What a QR code").fill("123")
    page.get_by_label("What a QR code").blur()
    expect(page.locator(".verdict__word")).to_have_text("This cannot be checked")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_behind_the_code(
    browser: Browser, live_server: Any, opened_log: str, scheme: str
) -> None:
    """Another log's code is red; the site's own key never makes it green."""
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        base_url=live_server.url, viewport={"width": 320, "height": 640},
    )  # fmt: skip
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    digits = to_digits(PACKED)
    page.goto(f"/verify/qr/#{digits}")
    expect(page.locator(".verdict--stop .verdict__word")).to_have_text("This proof does not hold")
    page.evaluate(
        "(vkey) => { document.querySelector('[data-answer]').dataset.vkey = vkey; }", VKEY
    )
    page.evaluate(f"() => {{ location.hash = ''; location.hash = '#{digits}'; }}")
    expect(page.locator(".verdict__word")).to_have_text("Nothing is wrong with this proof")
    key_step = page.locator(".steps > li").filter(has_text="The key of the log")
    expect(key_step).to_have_attribute("data-outcome", "not checked")
    for details in page.locator("details").all():
        details.evaluate("(node) => { node.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})
    found = [
        (v["id"], [n["html"][:100] for n in v["nodes"]])
        for v in Axe().run(page).response["violations"]
    ]
    keep(page, "qr", scheme)
    context.close()
    assert found == []
    assert broken == []
    assert not [
        url for url in asked if digits[:50] in url.partition("#")[0]
    ]  # stays in the browser


@pytest.fixture
def opened_log(mia: Any) -> str:

    open_log(at=timezone.now())
    return VKEY
