"""Scan sessions in a browser: with the network cut, with two people, with the keyboard alone, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from apps.custody.models import CustodyEvent
from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.sign import sign
from tests.custody.goods import CASE, package, uri, uris

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def context_of(
    browser: Browser, live_server: Any, sign_in: Any
) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of somebody's own."""
    contexts = []

    def opened(name: str, **how: Any) -> BrowserContext:
        context = browser.new_context(base_url=live_server.url, **how)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        page.on("console", lambda said: no_policy_was_broken(said.text))
        sign_in(page, name)
        return context

    yield opened
    for context in contexts:
        context.close()


def no_policy_was_broken(said: str) -> None:
    assert "Content Security Policy" not in said, said


def begin_receiving(page: Page) -> None:
    page.goto("/incoming/")
    page.get_by_role("link", name="D1").click()
    page.get_by_role("button", name="Receive by scanning").click()
    ready(page)


def ready(page: Page) -> None:
    """The box has the focus, and its scripts run."""
    expect(page.locator("[data-scan-tools]")).to_be_visible()
    expect(page.get_by_label("Scan the next package")).to_be_focused()


def scan(page: Page, *codes: str) -> None:
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


@pytest.fixture
def delivery(mia: Any, dan: Any, goods: Any) -> None:
    """Forty loose packs of Mia's, on their way to Dan."""
    goods.commission(mia, uris(40))
    goods.ship(mia, uris(40), dan).raise_refused()


def test_forty_packs_with_the_network_cut_in_the_middle_arrive_exactly_once(
    delivery: Any, dan: Any, context_of: Any
) -> None:
    context = context_of("dan")
    page = context.pages[0]
    begin_receiving(page)
    scan(page, *uris(15))
    words = page.locator("[data-progress-words]")
    expect(words).to_have_text("15 of 40 packs, 25 missing")
    page.evaluate("navigator.serviceWorker.ready.then(() => {})")
    context.set_offline(True)
    scan(page, *uris(40)[15:37], uri("S20"))
    waiting = page.locator("[data-waiting]")
    expect(waiting).to_have_text("22")
    expect(page.locator("[data-sending-word]")).to_contain_text("No network")
    assert ScanLine.objects.count() == 15
    page.reload()  # without a network: the page is kept, and so is what waits
    expect(page.locator(".scanned--waiting")).to_have_count(22)
    scan(page, *uris(40)[37:])
    expect(waiting).to_have_text("25")
    context.set_offline(False)
    expect(words).to_have_text("40 of 40 packs", timeout=15_000)
    expect(waiting).to_have_text("0")
    lines = list(ScanLine.objects.order_by("id"))
    assert [line.path.rpartition("/")[2] for line in lines] == [f"S{n}" for n in range(40)]
    assert all(line.scanned_at < line.received_at for line in lines[15:])
    assert lines[20].scanned_at < lines[37].scanned_at, "each has its own time"
    page.get_by_role("link", name="Review and sign").click()
    page.get_by_role("button", name="Sign the receipt").click()
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    assert CustodyEvent.objects.filter(kind="receive").count() == 1
    assert package(uri("S39")).custodian == dan.organisation


def test_who_signs_out_leaves_no_page_for_the_next_person_at_the_device(
    delivery: Any, dan: Any, context_of: Any
) -> None:
    context = context_of("dan")
    page = context.pages[0]
    begin_receiving(page)
    address = page.url
    kept = "async () => (await caches.keys()).filter((name) => name.startsWith('sessions-pages-'))"
    page.wait_for_function(f"async () => (await ({kept})()).length === 1")
    page.evaluate("document.querySelector('form[action=\"/logout/\"]').requestSubmit()")
    page.wait_for_url("**/")
    page.wait_for_function(f"async () => (await ({kept})()).length === 0")
    context.set_offline(True)
    with pytest.raises(Error, match="net::ERR_"):
        page.goto(address)


def test_two_people_receive_the_same_pallet(
    mia: Any, dan: Any, goods: Any, context_of: Any, live_server: Any
) -> None:
    goods.commission(mia, uris(40))
    goods.pack(mia, CASE, uris(40))
    goods.ship(mia, [CASE], dan).raise_refused()
    one, other = context_of("dan").pages[0], context_of("dan").pages[0]
    for page in (one, other):
        begin_receiving(page)
        scan(page, CASE)
        expect(page.locator("[data-progress-words]")).to_have_text("40 of 40 packs")
        page.get_by_role("link", name="Review and sign").click()
    for page in (one, other):
        page.get_by_role("button", name="Sign the receipt").click()
        expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    expect(one.get_by_role("main")).to_contain_text("1 package received")
    expect(other.get_by_role("main")).to_contain_text("recorded already by a colleague")
    assert CustodyEvent.objects.filter(kind="receive").count() == 1


def test_another_device_goes_on_and_sees_what_is_scanned_here(
    delivery: Any, dan: Any, context_of: Any
) -> None:
    first = context_of("dan").pages[0]
    begin_receiving(first)
    scan(first, *uris(2), uri("NEVER"))
    expect(first.locator(".scanned--good")).to_have_count(2)
    expect(first.locator(".scanned--good .copy")).to_have_count(2)
    expect(first.locator(".scanned--good time").first).to_contain_text("this minute")  # not in UTC
    second = context_of("dan").pages[0]
    second.goto("/incoming/")
    second.get_by_role("link", name="D1").click()
    second.get_by_role("link", name="Receive", exact=True).click()
    ready(second)
    expect(second.locator(".scanned")).to_have_count(3)
    second.locator(".scanned--unknown").get_by_role("button", name="Take off").click()
    expect(second.locator(".scanned")).to_have_count(2)
    scan(second, uri("S0"))
    expect(second.locator(".scanned--repeat")).to_contain_text("it counts once")
    assert ScanSession.objects.count() == 1


def test_what_a_device_held_while_others_signed_is_told_there_until_somebody_has_seen_it(
    delivery: Any, dan: Any, context_of: Any
) -> None:
    context = context_of("dan")
    late = context.pages[0]
    begin_receiving(late)
    scan(late, uri("S0"))
    expect(late.locator(".scanned--good")).to_have_count(1)
    context.set_offline(True)
    scan(late, uri("S1"))
    expect(late.locator("[data-waiting]")).to_have_text("1")
    session = ScanSession.objects.get()
    assert sign(actor=dan.actor, session_id=session.pk, at=timezone.now()).signed
    context.set_offline(False)
    told = late.locator("[data-refusals]")
    expect(told).to_contain_text("signed before the scan arrived", timeout=15_000)
    late.reload()
    expect(late.get_by_role("heading", name="Signed")).to_be_visible()
    expect(told).to_contain_text("signed before the scan arrived")
    expect(told).to_contain_text(uri("S1"))
    told.get_by_role("button", name="I have seen it").click()
    expect(told.get_by_role("listitem")).to_have_count(0)
    late.reload()
    expect(late.locator("[data-sending]")).to_be_hidden()


def test_over_plain_http_a_scan_has_an_id_as_well(delivery: Any, dan: Any, context_of: Any) -> None:
    page = context_of("dan").pages[0]
    page.add_init_script("delete Crypto.prototype.randomUUID")  # what a browser does there
    begin_receiving(page)
    scan(page, *uris(2))
    expect(page.locator(".scanned--good")).to_have_count(2)
    assert {line.scan_id.version for line in ScanLine.objects.all()} == {4}


def test_by_keyboard_alone_from_the_list_to_the_signature(
    delivery: Any, dan: Any, context_of: Any
) -> None:
    page = context_of("dan").pages[0]
    page.goto("/incoming/")
    page.get_by_role("link", name="D1").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Receive by scanning").focus()
    page.keyboard.press("Enter")
    ready(page)
    scan(page, *uris(3))
    expect(page.locator(".scanned--good")).to_have_count(3)
    page.get_by_role("link", name="Review and sign").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign the receipt")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    assert package(uri("S2")).custodian == dan.organisation
    assert package(uri("S3")).status == "in_transit"


def test_without_scripts_the_forms_do_it(delivery: Any, dan: Any, context_of: Any) -> None:
    page = context_of("dan", java_script_enabled=False, viewport={"width": 320, "height": 640}).pages[0]  # fmt: skip
    page.goto("/incoming/")
    page.get_by_role("link", name="D1").click()
    page.get_by_role("button", name="Receive by scanning").click()
    page.get_by_label("Scan the next package").fill(uri("S0"))
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("Add many codes at once").click()
    page.get_by_label("One code per line").fill("\n".join([uri("S1"), uri("S0"), "rubbish"]))
    page.get_by_role("button", name="Add them").click()
    expect(page.locator(".scanned")).to_have_count(4)
    page.locator(".scanned--unknown").get_by_role("button", name=re.compile("Take off")).click()
    expect(page.locator(".scanned")).to_have_count(3)
    page.get_by_role("link", name="Review and sign").click()
    page.get_by_role("button", name="Sign the receipt").click()
    expect(page.get_by_role("heading", name="Signed")).to_be_visible()
    assert package(uri("S1")).custodian == dan.organisation
