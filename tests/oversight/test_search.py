"""The box that finds everything one may see."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.custody.models import CustodyEvent
from apps.ledger.models import Entry
from apps.oversight.searching.asked import asked
from tests.custody.goods import CASE, GTIN, batch_of, package, uri

HOSTILE = ["\x00", "\ud800", "9" * 4000, "(01)" * 200, "%00", "' OR 1=1 --", "a:* & !b", "🎉" * 90, "ni:///sha-256;zz", "00/1", "<script>", "\\", "é" * 600]  # fmt: skip


def get(who: Any, text: str, **more: str) -> Any:
    return who.client.get("/search/", {"q": text, **more})


def shown(who: Any, text: str, **more: str) -> str:
    response = get(who, text, **more)
    assert response.status_code == 200, response.get("Location")
    return str(response.content.decode())


@pytest.mark.parametrize("text", [uri("S0"), f"(01){GTIN}(21)S0", f"01{GTIN}21S0", f"01/{GTIN}/21/S0", "S0", " S0 "])  # fmt: skip
def test_a_pack_is_found_by_whatever_stands_on_it(rosa: Any, moved: Any, text: str) -> None:
    assert get(rosa, text)["Location"] == f"/packages/{package(uri('S0')).pk}/"


def test_one_exact_hit_is_gone_to_directly(rosa: Any, dan: Any, mia: Any, moved: Any, batch: Any) -> None:  # fmt: skip
    event = CustodyEvent.objects.filter(kind="commission").get()
    digest = bytes(event.hash).hex()
    for text, address in (
        (f"ni:///sha-256;{digest}?ver=CBV2.0", f"/events/{event.pk}/"),
        (digest.upper(), f"/events/{event.pk}/"),
        (GTIN, f"/products/{batch.product_id}/"),
        (GTIN.lstrip("0"), f"/products/{batch.product_id}/"),
        (f"(01){GTIN}(10)L1", None),
        (dan.organisation.gln, f"/oversight/organisations/{dan.organisation.pk}/"),
        (
            f"https://id.gs1.org/417/{dan.organisation.gln}",
            f"/oversight/organisations/{dan.organisation.pk}/",
        ),
        ("Dan Distributes", f"/oversight/organisations/{dan.organisation.pk}/"),
        ("l1", f"/batches/{batch.pk}/"),
    ):
        response = get(rosa, text)
        if address is None:
            assert response.status_code == 200 and "Lot L1" in response.content.decode()
        else:
            assert response.get("Location", "").startswith(address), (text, response.status_code)


def test_a_container_and_a_site_and_a_delivery_are_found(rosa: Any, mia: Any, dan: Any, moved: Any) -> None:  # fmt: skip
    moved.pack(mia, CASE, [uri("S2")]).raise_refused()
    assert get(rosa, CASE.rpartition("/")[2])["Location"] == f"/packages/{package(CASE).pk}/"
    assert get(rosa, dan.site.gln)["Location"].endswith(f"{dan.organisation.pk}/#sites")
    found = shown(rosa, "d1")
    assert "Shipped" in found and "Received" in found and "Dan Distributes" in found


def test_words_find_names_that_begin_like_them(rosa: Any, mia: Any, dan: Any, moved: Any) -> None:
    found = shown(rosa, "mia mak")
    assert "Mia Makes Medicines" in found and "Dan Distributes" not in found
    assert "Examplin 40 mg" in shown(rosa, "exam")
    assert "Nothing that you may see" in shown(rosa, "zzz")


def test_the_log_is_searched_too_and_only_the_authority_learns_what_an_entry_says(
    rosa: Any, mia: Any, dan: Any, moved: Any
) -> None:
    event = CustodyEvent.objects.filter(kind="ship", counterparty=dan.organisation).get()
    entry = Entry.objects.get(statement_id=event.statement_id)
    assert f"/events/{event.pk}/" in shown(rosa, str(entry.index))
    assert get(dan, str(entry.index))["Location"] == f"/ledger/entry/{entry.index}/"
    assert get(rosa, bytes(entry.data).hex()).status_code == 200
    size = Entry.objects.count()
    assert get(dan, str(size))["Location"] == f"/ledger/checkpoint/{size}/"


def test_others_find_what_is_theirs_and_no_more(mia: Any, dan: Any, petra: Any, moved: Any) -> None:
    assert "Nothing that you may see" in shown(petra, "Examplin")
    assert "Nothing that you may see" in shown(petra, "L1")
    assert "Nothing that you may see" in shown(petra, dan.organisation.gln)
    assert "Nothing that you may see" in shown(
        petra, "S2"
    )  # a serial alone, of a pack she never had
    assert get(petra, "S0").status_code == 302
    assert (
        get(petra, uri("S2")).status_code == 302
    )  # a whole code: its page shows her the public part
    assert "/products/" in get(mia, GTIN)["Location"]
    digest = bytes(CustodyEvent.objects.get(kind="commission").hash).hex()
    assert "Nothing that you may see" in shown(petra, digest)
    assert "Nothing that you may see" in shown(dan, "Rosa Regulates")


def test_the_box_promises_no_more_than_it_finds_and_says_where_else_to_look(
    mia: Any, petra: Any, rosa: Any, moved: Any
) -> None:
    assert "Serial, lot, GTIN, organisation …" in shown(rosa, "zzz")
    assert "Serial, lot, GTIN, delivery …" in shown(mia, "zzz")
    assert "Serial, SSCC, delivery …" in shown(petra, "L1")
    assert "GLN" not in shown(petra, "L1")
    assert 'href="/inventory/?q=L1"' in shown(petra, "L1")
    assert "/inventory/" not in shown(rosa, "zzz")


def test_a_manufacturer_finds_its_own_products_alone(mia: Any, rosa: Any, moved: Any) -> None:
    from apps.catalog.models import Product

    Product.objects.update(manufacturer=rosa.organisation)
    assert "Nothing that you may see" in shown(mia, "Examplin")
    assert "Nothing that you may see" in shown(mia, "L1")


def test_more_goes_on_behind_the_last_row(rosa: Any, mia: Any, moved: Any) -> None:
    for n in range(23):
        batch_of(mia, lot=f"LOT{n:02d}")
    seen: list[str] = []
    text = shown(rosa, "lot")
    for _ in range(4):
        seen += [f"LOT{n:02d}" for n in range(23) if f"Lot LOT{n:02d}" in text]
        mark = text.partition("&amp;after=")[2].partition('"')[0]
        if not mark:
            break
        text = shown(rosa, "lot", kind="batch", after=mark)
    assert seen == [f"LOT{n:02d}" for n in range(23)]
    assert "LOT00" in shown(rosa, "lot", kind="batch", after="no such row")


def test_a_stranger_is_sent_to_the_public_pages(stan: Any, moved: Any) -> None:
    stranger = Client()
    assert stranger.get("/search/", {"q": uri("S0")})["Location"] == f"/verify/?code={quote(uri('S0'), safe='')}"  # fmt: skip
    assert stranger.get("/search/", {"q": "1"})["Location"] == "/ledger/?q=1"
    assert stranger.get("/search/")["Location"] == "/verify/"
    assert stan.client.get("/search/", {"q": "Mia"})["Location"].startswith("/verify/?code=Mia")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_typed_breaks_it(rosa: Any, text: str) -> None:
    query = quote(text.encode("utf-8", "surrogatepass"))
    for more in (
        "",
        "&kind=batch&after=x",
        "&kind=event&after=" + "9" * 40,
        "&kind=nonsense",
        "&after=%00",
    ):
        assert rosa.client.get(f"/search/?q={query}{more}").status_code in (200, 302), more
    assert asked(text).text == asked(asked(text).text).text


def test_it_costs_the_same_however_much_there_is(rosa: Any, mia: Any, moved: Any) -> None:
    def costs(text: str) -> int:
        client = rosa.client
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/", {"q": text})
        return len(queries)

    few = {text: costs(text) for text in ("L", "S0", "mia", uri("S0"), "12")}
    for n in range(30):
        batch_of(mia, lot=f"L{n}0")
    assert {text: costs(text) for text in few} == few
    assert max(few.values()) <= 16, few


def test_every_question_has_an_index() -> None:
    """On small tables PostgreSQL reads all there is; told not to, it must find a way."""
    from apps.oversight.searching import finding
    from apps.oversight.searching.asked import Asked

    question = Asked("x", number="x", lot="x", words=("x",))
    rows = {
        "search_reference": finding._with_number(CustodyEvent.objects.all()).filter(number="x"),
        "search_lot": _lots("x"),
        "search_organisation": finding._named(
            finding.Organisation.objects.all(), question, finding.F("name")
        ),
        "search_site": finding._named(
            finding.Site.objects.all(), question, finding._joined("name", "city")
        ),
        "search_product": finding._named(
            _products(), question, finding._joined("name", "strength")
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for index, asked_for in rows.items():
            assert asked_for is not None
            assert index in asked_for.order_by().explain(), (index, asked_for.explain())


def _lots(text: str) -> Any:
    from django.db.models.functions import Lower

    from apps.catalog.models import Batch

    return Batch.objects.annotate(lower_lot=Lower("lot")).filter(lower_lot__startswith=text)


def _products() -> Any:
    from apps.catalog.models import Product

    return Product.objects.all()


test_every_question_has_an_index = pytest.mark.django_db(test_every_question_has_an_index)
