"""Each public state in each language: nothing of the English page is left in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.catalog.services import withdraw_product
from apps.ledger.models import Checkpoint
from apps.ledger.services import open_log
from apps.safety.looks import count_look
from apps.safety.models import Report
from apps.safety.services import close_alert, recall
from pharmatrace.kernel.custody.kinds import Kind
from tests.catalog.leaflet_files import leaflet_of, pdf
from tests.custody.goods import GTIN, Goods, package, uri, uris
from tests.language.said import said, tongue
from tests.safety.reports import picture, reported
from tests.verify.conftest import CASE

pytestmark = pytest.mark.django_db
PACK = f"/01/{GTIN}/21/S"
DATA = re.compile(r"Examplin|Mia Makes|Glass found|Bring it back|L1|^[\W\d]*$|PharmaTrace|UTC$|GTIN|SSCC|MB$|KB|http|python|PDF|Deutsch|English|Français|Español|^[A-Z]{2}$|S\d|CASE|tablet|\.pdf")  # fmt: skip
SAME = {
    "(Portugal).",
    "(Portugal)",
    "Portugal",
    "Inclusion",
    "Lot",
    "Signature",
    "Notice",
    "Menu",
    "Code",
    "PDF",
    "Version 1",
    "Version 2",
}


def explored() -> list[str]:
    """The log's explorer: what there is, and what there is not."""
    newest, older = Checkpoint.objects.order_by("-size").values_list("size", flat=True)[:2]
    return [
        "/ledger/", f"/ledger/checkpoint/{newest}/", "/ledger/entry/0/", "/ledger/entry/3/", "/ledger/entry/4/",
        f"/ledger/growth/?old={older}&new={newest}", f"/ledger/?q={older}", "/ledger/?q=hello",
        f"/ledger/?q={'0' * 64}", "/ledger/checkpoint/999999/", "/ledger/entry/999999/", "/ledger/growth/",
        "/ledger/growth/?old=777&new=888", "/ledger/no/such/page/",
    ]  # fmt: skip


@pytest.fixture
def states(
    mia: Any, dan: Any, petra: Any, goods: Goods, sealed: Callable[[], None], today: Any
) -> list[str]:
    """Addresses of the states a pack can be in, and of the other public pages."""
    open_log(at=goods.now)
    goods.commission(mia, uris(14)).raise_refused()
    goods.pack(mia, CASE, uris(13)[10:]).raise_refused()
    goods.move(uris(8), mia, petra)
    goods.ship(mia, [uri("S8")], dan).raise_refused()
    kinds = (
        Kind.DISPENSE,
        Kind.LOCK,
        Kind.REPORT_STOLEN,
        Kind.DESTROY,
        Kind.DECOMMISSION,
        Kind.SAMPLE,
        Kind.EXPORT,
    )
    for number, kind in enumerate(kinds):
        goods.do(kind, petra, [uri(f"S{number}")]).raise_refused()
    sealed()
    for number in range(25):
        count_look(
            package_id=package(uri("S0")).id, batch_id=None, country="PT", visitor=str(number),
            since=goods.now.date(), at=goods.now + timedelta(days=1),
        )  # fmt: skip
    product = package(uri("S0")).batch.product  # type: ignore[union-attr]
    old = leaflet_of(mia, product, language="it", pdf=pdf("old"))
    leaflet_of(mia, product, language="it", pdf=pdf("new"), text="1. Che cos'è\n\n- uno\n- due")
    leaflet_of(mia, product, language="pt", pdf=pdf("pt"))
    done = reported(product=product, photo=picture())
    close_alert(alert=done.alert, at=goods.now)  # type: ignore[attr-defined]
    waits = reported()
    Report.objects.filter(pk=waits.pk).update(reported_at=goods.now + timedelta(days=1))
    return [
        "/", "/verify/", "/verify/qr/", *(f"{PACK}{number}" for number in range(10)),
        f"{PACK}11", f"{PACK}7?10=L9", f"{PACK}7?17=281031", "/" + CASE.split("/", 3)[3], f"{PACK}NEVER",
        "/01/09521234543008/21/S0", f"/01/{GTIN}", f"/01/{GTIN[:-1]}4/21/S0", "/verify/?code=hello",
        f"/01/{GTIN}/21/S7?0999=X", "/verify/?code=(01)123", "/verify/?code=(01)" + GTIN + "(17)271399",
        f"/leaflets/{old.pk}/", "/verify/report/", f"/verify/report/{done.reference}/",
        f"/verify/report/{waits.reference}/", "/verify/report/AAAA-AAAA-AAAA/", "/verify/report/state/",
        f"{PACK}7?linkType=gs1:hasRetailers", "/leaflets/00000000-0000-0000-0000-000000000000/",
        f"/verify/evidence{PACK}NEVER", *explored(),
    ]  # fmt: skip


def left_over(client: Client, address: str, language: str) -> set[str]:
    pages = {}
    for code in ("en", language):
        response = client.get(tongue(address, code), headers={"Accept": "text/html"})
        assert not response.cookies, address
        pages[code] = response.content.decode()
        assert f'<html lang="{code}"' in pages[code], address
    shared = said(pages["en"], "en") & said(pages[language], language)
    return {one for one in shared if not DATA.search(one) and one not in SAME}


LANGUAGES = ("de", "fr", "es")


def test_no_english_is_left(states: list[str], stranger: Client, mia: Any, goods: Goods) -> None:
    found = {
        tongue(address, language): left
        for address in states
        for language in LANGUAGES
        if (left := left_over(stranger, address, language))
    }
    assert found == {}
    batch = package(uri("S7")).batch
    assert batch
    recall(
        actor=mia.actor, user=mia.user, batch=batch, severity="1", reason="Glass found.",
        instruction="Bring it back to any pharmacy.", at=goods.now,
    )  # fmt: skip
    withdraw_product(product=batch.product, at=goods.now)
    for language in LANGUAGES:
        assert left_over(stranger, f"{PACK}7", language) == set()


def test_nor_in_a_form_that_was_sent_wrong(db: None, stranger: Client) -> None:
    def sent(language: str) -> set[str]:
        response = stranger.post(tongue("/verify/report/", language), {"subject": "x"})
        return said(response.content.decode(), language)

    for language in LANGUAGES:
        shared = sent("en") & sent(language)
        assert {one for one in shared if not DATA.search(one) and one not in SAME} == set()


def test_a_page_in_english_alone_would_be_found() -> None:
    page = '<html lang="de"><p>This pack expired.</p><code>x</code><p lang="en">marked</p><p aria-label="Heard">'
    assert said(page, "de") == {"This pack expired.", "Heard"}
