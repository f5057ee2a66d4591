"""On paper: everything the law lists, every serial, pages numbered, memory bounded."""

from __future__ import annotations

import io
import re
import tracemalloc
import zlib
from typing import Any

import pytest
from reportlab.pdfbase import pdfutils

from apps.exchange.dscsa.affirming import affirm_statement
from apps.exchange.dscsa.information import TransactionInformation, information_on
from apps.exchange.dscsa.pdf import PAPERS, printable, write_pdf
from apps.exchange.dscsa.shipment import Shipment
from tests.custody.goods import START

pytestmark = pytest.mark.django_db


def printed(told: TransactionInformation, paper: str = "a4") -> tuple[int, str]:
    """Pages, and every piece of text on them."""
    target = io.BytesIO()
    pages = write_pdf(told, target, paper=paper, at=START)
    text = []
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", target.getvalue(), re.DOTALL):
        page = zlib.decompress(pdfutils.asciiBase85Decode(found[1].strip()))
        text += [
            piece.decode("cp1252").replace("\\(", "(").replace("\\)", ")")
            for piece in re.findall(rb"\((.*?)(?<!\\)\) Tj", page)
        ]
    return pages, "\n".join(text)


@pytest.mark.parametrize("paper", PAPERS)
def test_everything_the_law_lists(shipped: Shipment, mia: Any, paper: str) -> None:
    affirm_statement(actor=mia.actor, shipment=shipped, at=START)
    pages, text = printed(information_on(shipped), paper)
    for said in (
        "Mia Makes Medicines (GLN 5601000000011)", "Dan Distributes (GLN 8437000000013)",
        "address not recorded, PT", "2026-11-02", "D1", "Examplin 40 mg", "tablet", "30",
        "Number of containers", "7", "L1, expires 2027-10-31", "(A)", "(G)", "Affirmed for Mia",
        "S0", "S5", "LOOSE", f"Page 1 of {pages}",
    ):  # fmt: skip
        assert said in text


def test_a_statement_that_nobody_made_is_not_printed_as_made(shipped: Shipment) -> None:
    assert "NOT AFFIRMED" in printed(information_on(shipped))[1]


def test_thousands_of_serials_over_numbered_pages(shipped: Shipment) -> None:
    told = information_on(shipped)
    told.lines[0].paths = [f"01/09521234543213/21/N{n:05}" for n in range(9_000)]
    pages, text = printed(told)
    assert {f"N{n:05}" for n in range(9_000)} <= set(text.split("\n"))
    assert re.findall(r"Page (\d+) of (\d+)", text) == [
        (str(n), str(pages)) for n in range(1, pages + 1)
    ]
    assert pages > 40


def test_thousands_of_serials_need_little_memory(shipped: Shipment) -> None:
    told = information_on(shipped)
    told.lines[0].paths = [f"01/09521234543213/21/N{n:06}" for n in range(6_000)]
    tracemalloc.start()
    pages = write_pdf(told, io.BytesIO(), at=START)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert pages > 30
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Łódź", "?ódz"), ("Ångström €", "Ångström €"), ("薬", "?"), ("A\nB", "A?B")],
)
def test_letters_the_fonts_do_not_have(text: str, shown: str) -> None:
    assert printable(text) == shown
