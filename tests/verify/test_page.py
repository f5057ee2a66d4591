"""What people see: the verdict first, for every state a code can be in; no cookie, no name of a partner."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from apps.catalog.services import recall_batch, withdraw_product
from apps.safety.services import recall
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import GTIN, Goods, uri, uris
from tests.verify.conftest import CASE

pytestmark = pytest.mark.django_db
PACK = f"/01/{GTIN}/21/S0"


def verdict(client: Client, address: str) -> str:
    """Tone and word as the page shows them."""
    page = client.get(address).content.decode()
    found = re.search(r'class="verdict verdict--(\w+)".*?<h1>(.*?)</h1>', page, re.DOTALL)
    assert found, page
    return f"{found[1]}: {found[2]}"


def test_a_pack_on_the_shelf(sold: Goods, mia: Any, stranger: Client) -> None:
    response = stranger.get(PACK)
    page = response.content.decode()
    assert response.status_code == 200
    assert verdict(stranger, PACK) == "good: In order"
    for shown in (
        "Examplin 40 mg",
        "L1",
        "31",
        escape(mia.organisation.name),
        "With a pharmacy in Portugal",
    ):
        assert shown in page


def test_nothing_names_a_trading_partner(
    sold: Goods, stranger: Client, dan: Any, petra: Any
) -> None:
    for address in (PACK, PACK + "?format=json", "/verify/evidence" + PACK):
        text = stranger.get(address).content.decode()
        for person in (dan, petra):
            organisation = person.organisation
            for secret in (organisation.name, organisation.name.split("'")[0], organisation.gln,
                           person.site.gln, person.site.name, str(organisation.id)):  # fmt: skip
                assert secret not in text, address


def test_no_cookie_and_nothing_kept(sold: Goods, stranger: Client) -> None:
    for address in (
        "/verify/",
        PACK,
        PACK + "?format=json",
        "/verify/?code=hello",
        "/verify/evidence" + PACK,
    ):
        response = stranger.get(address)
        assert not response.cookies, address
        assert response["Cache-Control"] == "no-store", address


def test_the_seal_is_still_to_come(
    mia: Any, petra: Any, goods: Goods, sealed: Callable[[], None], stranger: Client
) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    sealed()
    goods.move(uris(1), mia, petra)
    assert verdict(stranger, PACK) == "good: In order, seal pending"
    sealed()
    assert verdict(stranger, PACK) == "good: In order"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Kind.DISPENSE, "warn: Already handed to a patient"),
        (Kind.LOCK, "stop: Held back"),
        (Kind.REPORT_STOLEN, "stop: Reported stolen"),
        (Kind.DESTROY, "stop: Recorded as destroyed"),
        (Kind.DECOMMISSION, "stop: Taken out of circulation"),
        (Kind.SAMPLE, "stop: A sample"),
        (Kind.EXPORT, "stop: Exported"),
    ],
)
def test_states(
    kind: Kind, expected: str, sold: Goods, petra: Any, sealed: Callable[[], None], stranger: Client
) -> None:
    sold.do(kind, petra, [uri("S0")]).raise_refused()
    sealed()
    assert verdict(stranger, PACK) == expected
    page = stranger.get(PACK).content.decode()
    assert "by a pharmacy in Portugal" in page
    assert verdict(stranger, f"/01/{GTIN}/21/S1") == "good: In order"


def test_on_its_way_inside_a_case(
    mia: Any, dan: Any, goods: Goods, sealed: Callable[[], None], stranger: Client
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    goods.pack(mia, CASE, uris(2)).raise_refused()
    goods.ship(mia, [CASE], dan).raise_refused()
    sealed()
    assert verdict(stranger, PACK) == "warn: On its way"
    page = stranger.get(PACK).content.decode()
    assert "On its way from a manufacturer in Portugal to a distributor in Spain" in page
    assert verdict(stranger, "/" + CASE.removeprefix(RESOLVER)) == "warn: On its way"


def test_a_pack_that_should_not_be_with_a_patient_yet(
    mia: Any, dan: Any, petra: Any, goods: Goods, sealed: Callable[[], None], stranger: Client
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    sealed()
    assert verdict(stranger, PACK) == "warn: Not yet with a pharmacy"
    assert "still with a manufacturer in Portugal" in stranger.get(PACK).content.decode()
    goods.pack(mia, CASE, uris(2)).raise_refused()
    goods.move([CASE], mia, dan)
    sealed()
    assert verdict(stranger, PACK) == "warn: Not yet with a pharmacy"
    assert "still with a distributor in Spain" in stranger.get(PACK).content.decode()
    goods.move([CASE], dan, petra)
    sealed()
    assert verdict(stranger, PACK) == "warn: Still in its shipping container"
    assert verdict(stranger, "/" + CASE.removeprefix(RESOLVER)) == "good: Registered container"
    goods.unpack(petra, CASE, uris(1)).raise_refused()
    sealed()
    assert verdict(stranger, PACK) == "good: In order"


def test_recalled_with_what_to_do(sold: Goods, mia: Any, batch: Any, stranger: Client) -> None:
    recall(actor=mia.actor, user=mia.user, batch=batch, severity="1", reason="Glass found.",
           instruction="Bring it back to any pharmacy.", at=sold.now)  # fmt: skip
    assert verdict(stranger, PACK) == "stop: Recalled"
    page = stranger.get(PACK).content.decode()
    assert "Glass found." in page
    assert "Bring it back to any pharmacy." in page


def test_withdrawn(sold: Goods, batch: Any, stranger: Client) -> None:
    withdraw_product(product=batch.product, at=sold.now)
    assert verdict(stranger, PACK) == "stop: Withdrawn from the market"


def test_expired(sold: Goods, stranger: Client, today: Any) -> None:
    today.move_to(sold.now + timedelta(days=400))
    assert verdict(stranger, PACK) == "stop: Expired"


def test_the_worst_comes_first_and_the_rest_is_said(
    sold: Goods, batch: Any, stranger: Client, today: Any
) -> None:
    recall_batch(batch=batch, reason="Glass found.", at=sold.now)
    today.move_to(sold.now + timedelta(days=400))
    assert verdict(stranger, PACK) == "stop: Recalled"
    assert "This pack expired on" in stranger.get(PACK).content.decode()


@pytest.mark.parametrize(
    "query", ["?10=L1&17=271031", "?17=271031", "?17=271000", "?linkType=gs1:defaultLink"]
)
def test_what_is_printed_agrees(query: str, sold: Goods, stranger: Client) -> None:
    assert verdict(stranger, PACK + query) == "good: In order"


@pytest.mark.parametrize(
    ("address", "field", "scanned", "recorded"),
    [
        (f"/01/{GTIN}/10/L9/21/S0", "Lot on the pack", "L9", "L1<"),
        (f"{PACK}?17=281031", "Expiry on the pack", "281031", "2027"),
    ],
)
def test_what_is_printed_differs(
    address: str, field: str, scanned: str, recorded: str, sold: Goods, stranger: Client
) -> None:
    assert verdict(stranger, address) == "stop: Does not match the record"
    page = stranger.get(address).content.decode()
    assert field in page
    assert scanned in page
    assert recorded not in page


@pytest.mark.parametrize(
    ("address", "status", "expected"),
    [
        (f"/01/{GTIN}/21/NEVER", 404, "stop: Never registered"),
        ("/01/09521234543008/21/S0", 404, "unknown: Not known here"),
        ("/00/095212340000000044", 404, "unknown: Not known here"),
        (f"/01/{GTIN[:-1]}4/21/S0", 400, "unknown: Mistyped or misread"),
        (f"/01/{GTIN}", 400, "unknown: Serial number missing"),
        ("/01/09521234543008", 404, "unknown: Serial number missing"),
        (f"/01/{GTIN}/21/", 400, "unknown: Cannot be read"),
        ("/01/hello/21/S0", 400, "unknown: Cannot be read"),
        ("/verify/?code=hello", 400, "unknown: Cannot be read"),
        (f"/verify/?code={GTIN}", 400, "unknown: Serial number missing"),
        (f"/verify/?code={GTIN}+S0", 200, "good: In order"),
        (f"/verify/?gtin={GTIN}&serial=S0", 200, "good: In order"),
        (f"/gtin/{GTIN}/ser/S0", 200, "good: In order"),
    ],
)
def test_codes_and_links(
    address: str, status: int, expected: str, sold: Goods, stranger: Client
) -> None:
    assert stranger.get(address).status_code == status
    assert verdict(stranger, address) == expected


def test_a_stray_element_is_said(sold: Goods, stranger: Client) -> None:
    address = f"/01/{GTIN}/21/S0?0999=X"
    assert verdict(stranger, address) == "good: In order"
    assert (
        "&#x27;0999&#x27; in the link is not an application"
        in stranger.get(address).content.decode()
    )


def test_a_container(sold: Goods, stranger: Client) -> None:
    assert verdict(stranger, "/" + CASE.removeprefix(RESOLVER)) == "good: Registered container"


def test_the_form(stranger: Client) -> None:
    page = stranger.get("/verify/").content.decode()
    assert 'name="code"' in page
    assert "verdict--" not in page


def test_what_was_typed_is_shown_safely(stranger: Client, db: None) -> None:
    page = stranger.get("/verify/", {"code": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
