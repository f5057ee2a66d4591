"""The lines of an order, from a text or a table: product, quantity, and the lot where one is wanted.

A product is named by its GTIN, or by its name as the catalogue has it. A header is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from apps.catalog.models import Product
from apps.exchange.intake.csv_rows import csv_rows
from apps.exchange.intake.xlsx_rows import xlsx_rows
from pharmatrace.kernel.gs1.identifiers import gtin14
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_LINES = 1_000
MOST_PACKS = 1_000_000
_TYPED = re.compile(r"\s*[;,\t]\s*|\s{2,}")
_LAST = re.compile(r"(.+?)\s+(\d{1,7})(?:\s+(\S{1,20}))?")
_LOT = re.compile(r"[\x21-\x7e]{1,20}")


@dataclass(frozen=True, slots=True)
class Wanted:
    product: Product
    quantity: int
    lot: str = ""


def lines_of_text(text: str) -> list[Wanted]:
    """One line each: `product; quantity; lot`, or with blanks between. Raises `Refused`, with `row`."""
    rows = []
    for line in text.splitlines():
        parts = _TYPED.split(line.strip())
        found = _LAST.fullmatch(line.strip()) if len(parts) == 1 else None
        rows.append([one or "" for one in found.groups()] if found else parts)
    return _read(rows)


def lines_of_file(path: Path, name: str) -> list[Wanted]:
    """A CSV or XLSX file with the columns product, quantity, lot, in this order. Raises `Refused`."""
    rows = xlsx_rows(path) if name.lower().endswith(".xlsx") else csv_rows(path)
    return _read([[_text(cell) for cell in row] for row in _bounded(rows)])


def _bounded(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number > 2 * MOST_LINES:
            raise _too_many()
        yield row


def _too_many() -> Refused:
    return Refused.one(
        "too_many_lines", _("An order has at most %(most)s lines.") % {"most": f"{MOST_LINES:,}"}
    )


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def _read(rows: Sequence[Sequence[str]]) -> list[Wanted]:
    filled = [(n, row) for n, row in enumerate(rows, start=1) if any(row)]
    if filled and not _is_number(filled[0][1]):
        filled = filled[1:] if len(filled) > 1 else filled
    if not filled:
        raise Refused.one("order_empty", _("The order has no lines."))
    if len(filled) > MOST_LINES:
        raise _too_many()
    products = _products(row[0] for _, row in filled)
    wanted: dict[tuple[Any, str], Wanted] = {}
    refusals: list[Refusal] = []
    for number, row in filled:
        try:
            one = _line(row, products)
        except Refused as refused:
            refusals += [_at(number, no) for no in refused.refusals]
            continue
        if (one.product.pk, one.lot) in wanted:
            refusals.append(_at(number, Refusal("line_twice", _("This product and lot stand in the order twice."))))  # fmt: skip
        wanted[one.product.pk, one.lot] = one
    if refusals:
        raise Refused(refusals[:20])
    return list(wanted.values())


def _at(number: int, no: Refusal) -> Refusal:
    sentence = _("Line %(row)d: %(sentence)s") % {"row": number, "sentence": no.sentence}
    return Refusal(no.code, sentence, {**no.data, "row": number})


def _is_number(row: Sequence[str]) -> bool:
    return len(row) > 1 and row[1].isascii() and row[1].isdigit()


def _line(row: Sequence[str], products: dict[str, Product | None]) -> Wanted:
    if not _is_number(row) or len(row[1]) > 7 or not 0 < int(row[1]) <= MOST_PACKS:
        raise Refused.one("quantity_missing", _("The second column is a number of packs."))
    product = products.get(_key(row[0]))
    if product is None:
        raise Refused.one(
            "product_unknown",
            _("No product %(name)s is registered. Name it by its GTIN.") % {"name": row[0][:60]},
        )
    lot = row[2] if len(row) > 2 else ""
    if lot and not _LOT.fullmatch(lot):
        raise Refused.one("lot_impossible", _("A lot has at most 20 signs, without blanks."))
    return Wanted(product, int(row[1]), lot)


def _key(text: str) -> str:
    try:
        return gtin14(text)
    except Refused:
        return text.lower()


def _products(names: Iterable[str]) -> dict[str, Product | None]:
    """By GTIN-14 or name in small letters; None for a name that two products share. One query."""
    keys = {_key(name) for name in names if "\x00" not in name}
    rows = Product.objects.annotate(small=Lower("name")).filter(
        Q(gtin__in=keys) | Q(small__in=keys)
    )
    found: dict[str, Product | None] = {}
    for product in rows:
        found[product.gtin] = product
        name = product.name.lower()
        found[name] = None if name in found else product
    return found
