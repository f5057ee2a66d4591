"""Every main page, light and dark: nothing for axe to find, nothing to scroll sideways for at 320 pixels.

With PHARMATRACE_SHOTS naming a folder, each page is also kept there as a picture at three widths.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from apps.desk.models import ScanSession
from apps.desk.orders.reading import Wanted
from apps.desk.orders.services import open_order
from apps.desk.sessions.add_scans import Scan, add_scans
from apps.desk.sessions.change_lines import refuse_line
from apps.desk.sessions.open_session import open_session
from apps.jobs.services import enqueue
from apps.ledger.services import open_log, seal
from tests.custody.goods import CASE, package, uri, uris

pytestmark = pytest.mark.django_db(transaction=True)
WIDTHS = (360, 768, 1280)
EXPECTED = {"dan /products/": 403, "rosa /nothing-here/": 404}
SHOTS = os.environ.get("PHARMATRACE_SHOTS", "")


@pytest.fixture
def pages(mia: Any, dan: Any, petra: Any, rosa: Any, batch: Any, goods: Any) -> dict[str, Any]:
    """Who looks at which address, with something on every page."""
    goods.commission(mia, uris(30))
    goods.pack(mia, CASE, uris(10))
    goods.ship(mia, [CASE, *uris(14)[10:]], dan)
    goods.move(uris(18)[14:], mia, petra)
    goods.ship(dan, uris(30)[29:], mia)  # refused: he never had it
    goods.do("dispense", petra, [uri("S14")])
    goods.ship(dan, [uri("S14")], mia)  # refused: it was dispensed elsewhere, so an alert
    open_log(at=timezone.now())
    seal(at=timezone.now())
    goods.do("inspect", rosa, [uri("S14")])  # waits for its seal
    job = enqueue(
        kind="commission", title="Commission 9 packs", owner_id=mia.user.pk, total=9,
        organisation_id=mia.organisation.pk, parameters={"batch": str(batch.pk)},
        at=timezone.now(),
    )  # fmt: skip
    pack, case = package(uri("S14")), package(CASE)
    receive = (
        f"/incoming/{mia.organisation.pk}/?reference=urn:epcglobal:cbv:bt:{mia.organisation.gln}:D1"
    )
    order = open_order(
        actor=dan.actor, customer=petra.organisation, reference="PO-1", at=timezone.now(),
        lines=[Wanted(batch.product, 40), Wanted(batch.product, 12, "L1")],
    )  # fmt: skip
    session = scanned_at(dan, mia)
    return {
        "": ["/", "/login/", f"/{package(uri('S20')).path}"],  # the pack is still with its maker
        "mia": ["/", "/products/", "/products/new/", f"/products/{batch.product_id}/", "/batches/",
                f"/batches/{batch.pk}/", "/batches/new/", f"/batches/{batch.pk}/commission/",
                f"/batches/{batch.pk}/recall/",
                f"/products/{batch.product_id}/withdraw/", "/pack/", "/ship/", "/outgoing/", "/record/",
                "/jobs/", f"/jobs/{job.pk}/", "/stock/"],
        "dan": ["/", "/incoming/", receive, "/stock/", "/refused/", "/products/", "/inventory/",
                "/quarantine/", "/returns/", "/overdue/", "/orders/", "/orders/new/", f"/orders/{order.pk}/",
                "/sessions/", "/sessions/new/return/", f"/sessions/{session.pk}/",
                f"/sessions/{session.pk}/review/"],
        "petra": ["/", "/dispense/", f"/dispense/?code={uri('S15')}", f"/dispense/?code={uri('S14')}"],
        "rosa": ["/", f"/packages/{pack.pk}/", f"/packages/{case.pk}/", "/events/", "/alerts/",
                 "/packages/", "/nothing-here/"],
    }  # fmt: skip


def scanned_at(who: Any, sender: Any) -> ScanSession:
    """A session with a line of every kind: good, again, stop, unknown, not accepted."""
    at = timezone.now()
    session = open_session(
        actor=who.actor, id=uuid4(), kind="receive", party=sender.organisation, at=at,
        reference=f"urn:epcglobal:cbv:bt:{sender.organisation.gln}:D1",
    )  # fmt: skip
    codes = [*uris(9), uri("S10"), uri("S10"), uri("S20"), uri("NEVER"), "no code at all"]
    scans = [Scan(uuid4(), code, at) for code in codes]
    answered = add_scans(actor=who.actor, session_id=session.pk, scans=scans, at=at)
    line = answered[1].line
    assert line is not None
    refuse_line(actor=who.actor, session_id=session.pk, line_id=line.pk, reason="damaged", at=at)
    return session


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_for_everybody(
    browser: Browser, live_server: Any, pages: Any, sign_in: Any, scheme: Any
) -> None:
    found = []
    for who, addresses in pages.items():
        context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()
        if who:
            sign_in(page, who)
        for address in addresses:
            page.set_viewport_size({"width": 320, "height": 640})
            answer = page.goto(live_server.url + address)
            status = answer.status if answer else 0
            if status != EXPECTED.get(f"{who} {address}", 200):
                found.append(f"{who} {address}: answered {status}")
            if "/dispense/?code=" in address:
                page.get_by_role("button", name="Check", exact=True).click()
                page.wait_for_selector(".verdict")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > 320:
                found.append(f"{who} {address}: {wide} pixels wide at 320")
            page.set_viewport_size({"width": 1280, "height": 800})
            for violation in Axe().run(page).response["violations"]:
                nodes = [node["html"][:120] for node in violation["nodes"][:3]]
                found.append(f"{who} {address}: {violation['id']} {nodes}")
            keep(page, f"{who or 'stan'}{address}", scheme)
        context.close()
    assert found == []


def test_a_page_that_is_not_for_everybody_is_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content('<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"></main>')
    assert [v["id"] for v in Axe().run(page).response["violations"]] == ["image-alt"]
    page.close()


def keep(page: Page, name: str, scheme: str) -> None:
    if not SHOTS:
        return
    name = "".join(letter if letter.isalnum() else "-" for letter in name)[:60]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
