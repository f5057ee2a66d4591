"""A leaflet is added by its maker, version by version; its file is what it says it is."""

from __future__ import annotations

import time
import zlib
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.storage import default_storage

from apps.catalog.leaflet_pdf import MOST_INFLATED, MOST_OCTETS, check_leaflet_pdf
from apps.catalog.leaflet_text import parts_of
from apps.catalog.leaflets import best_leaflet, current_leaflets, storage_name
from apps.catalog.models import Leaflet, Product
from pharmatrace.kernel.refusal import Refused
from tests.catalog.leaflet_files import leaflet_of, pdf
from tests.custody.goods import batch_of


@pytest.fixture
def product(mia: Any) -> Product:
    return batch_of(mia).product


def code(raised: Any) -> str:
    return str(raised.value.refusals[0].code)


def test_the_newest_version_holds_and_the_older_ones_stay(mia: Any, product: Product) -> None:
    first = leaflet_of(mia, product, pdf=pdf("old"))
    second = leaflet_of(mia, product, pdf=pdf("new"))
    assert (first.version, second.version) == (1, 2)
    assert current_leaflets(product.pk) == [second]
    assert first.sha256 == sha256(pdf("old")).hexdigest()
    with default_storage.open(storage_name(first.sha256)) as file:
        assert file.read() == pdf("old")


def test_each_language_and_market_counts_its_own_versions(mia: Any, product: Product) -> None:
    leaflet_of(mia, product, language="de", market="DE")
    austria = leaflet_of(mia, product, language="DE", market="at", pdf=pdf("Austria"))
    assert (austria.language, austria.market, austria.version) == ("de", "AT", 1)


def test_the_same_file_again_is_no_new_version(mia: Any, product: Product) -> None:
    leaflet_of(mia, product)
    with pytest.raises(Refused) as raised:
        leaflet_of(mia, product)
    assert code(raised) == "leaflet_same"
    assert leaflet_of(mia, product, text="1. What it is").version == 2  # the words are new


@pytest.mark.parametrize("word", [b"stream\n", b"<</Filter/FlateDecode>>stream\nx\x9c"])
def test_a_file_of_a_hundred_thousand_beginnings_is_looked_through_in_time(word: bytes) -> None:
    """Each beginning used to cost a copy of all that came after it: hours for one upload."""
    file = b"%PDF-1.7\n1 0 obj<</Type/Page>>" + word * 100_000 + b"\n%%EOF"
    began = time.thread_time()
    with pytest.raises(Refused) as raised:
        check_leaflet_pdf(file)
    assert code(raised) == "leaflet_packed"
    assert time.thread_time() - began < 5


def test_only_its_maker_adds_one(mia: Any, dan: Any, product: Product) -> None:
    with pytest.raises(Refused) as raised:
        leaflet_of(dan, product)
    assert code(raised) == "not_manufacturer"
    assert not Leaflet.objects.exists()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"language": "deu"}, "language_code"),
        ({"language": "д€"}, "language_code"),
        ({"market": "Germany"}, "country_code"),
        ({"market": "QQ"}, "country_code"),
        ({"text": "x\x00y"}, "leaflet_text"),
        ({"text": "x" * 100_001}, "leaflet_text"),
    ],
)
def test_what_is_told_about_it_is_checked(
    mia: Any, product: Product, changes: Any, expected: str
) -> None:
    with pytest.raises(Refused) as raised:
        leaflet_of(mia, product, **changes)
    assert code(raised) == expected


@pytest.mark.parametrize(
    ("languages", "market", "expected"),
    [
        (["de"], "PT", "de-AT"),  # what can be read comes before where it is sold
        (["de"], "AT", "de-AT"),
        (["pt", "de"], "PT", "pt-PT"),
        (["ja"], "PT", "pt-PT"),
        (["ja"], "JP", "de-AT"),
    ],
)
def test_a_reader_gets_their_language_and_then_their_market(
    languages: list[str], market: str, expected: str
) -> None:
    there = [
        Leaflet(language=one[:2], market=one[3:], version=1) for one in ("de-DE", "de-AT", "pt-PT")
    ]
    best = best_leaflet(there, languages=languages, market=market)
    assert best is not None
    assert f"{best.language}-{best.market}" == expected


def test_a_real_pdf_passes() -> None:
    check_leaflet_pdf(pdf())
    check_leaflet_pdf(pdf(compress=0))


def with_object(extra: bytes) -> bytes:
    whole = pdf()
    return whole.replace(b"xref\n", extra + b"\nxref\n", 1)


def packed(content: bytes, told: bytes = b"/Type /ObjStm /Filter /FlateDecode") -> bytes:
    return with_object(
        b"9 0 obj << " + told + b" >> stream\n" + zlib.compress(content) + b"\nendstream endobj"
    )


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (b"", "leaflet_size"),
        (b"%PDF-1.4" + b" " * MOST_OCTETS + b"%%EOF", "leaflet_size"),
        (b"<html>%PDF-1.4 %%EOF", "leaflet_not_pdf"),
        (pdf()[:-200], "leaflet_not_pdf"),
        (b"%PDF-1.4\n%%EOF", "leaflet_not_pdf"),
        (pdf(encrypt="secret"), "leaflet_encrypted"),
        (with_object(b"9 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj"), "leaflet_acts"),
        (with_object(b"9 0 obj << /S /J#61va#53cript >> endobj"), "leaflet_acts"),
        (with_object(b"9 0 obj << /S /Launch /F (calc.exe) >> endobj"), "leaflet_acts"),
        (with_object(b"9 0 obj << /Type /EmbeddedFile >> endobj"), "leaflet_acts"),
        (packed(b"1 0 << /S /JavaScript /JS (x) >>"), "leaflet_acts"),
        (packed(b"1 0 << >>", b"/Type /Obj#53tm /Filter [/ASCIIHexDecode /FlateDecode]"), "leaflet_packed"),
        (packed(b"\x00" * (MOST_INFLATED + 1)), "leaflet_packed"),
    ],
    ids=["empty", "large", "no-pdf", "cut-off", "no-page", "encrypted", "script", "escaped-script",
         "launch", "attachment", "packed-script", "packed-oddly", "bomb"],
)  # fmt: skip
def test_what_is_no_leaflet_is_refused_with_the_reason(file: bytes, expected: str) -> None:
    with pytest.raises(Refused) as raised:
        check_leaflet_pdf(file)
    assert code(raised) == expected


def test_words_are_read_into_headings_paragraphs_and_lists() -> None:
    text = "Read this first.\n\n1. What Examplin is\n\nIt helps\nagainst examples.\n- one\n- two\n  and more\n"
    assert [(part.kind, part.lines) for part in parts_of(text)] == [
        ("paragraph", ("Read this first.",)),
        ("heading", ("1. What Examplin is",)),
        ("paragraph", ("It helps against examples.",)),
        ("list", ("one", "two and more")),
    ]
    assert parts_of("  \n\n ") == []
