"""Checks of what stands on a pack: GTIN, lot, expiry. Each returns the value as it is stored."""

from __future__ import annotations

from datetime import date

from pharmatrace.kernel.gs1.characters import first_outside
from pharmatrace.kernel.gs1.dates import read_date
from pharmatrace.kernel.gs1.identifiers import gtin14
from pharmatrace.kernel.refusal import Refused

MOST_PACKS = 2_147_483_647  # what the column holds


def checked_gtin(text: str) -> str:
    """14 digits. Raises Refused `gtin_characters`, `gtin_length`, `gtin_check_digit`."""
    return gtin14(text)


def checked_lot(text: str) -> str:
    """1 to 20 characters of GS1 set 82 (AI 10). Raises Refused `lot_characters`."""
    lot = text.strip()
    if not 1 <= len(lot) <= 20:
        raise Refused.one(
            "lot_characters", f"A lot has 1 to 20 characters; this one has {len(lot)}.", lot=lot
        )
    place = first_outside(lot, "X")
    if place >= 0:
        raise Refused.one(
            "lot_characters",
            f"A lot cannot contain {lot[place]!r} (character {place + 1}).",
            lot=lot,
            place=place,
        )
    return lot


def checked_expiry(expiry: date | str, *, today: date) -> date:
    """A day that can stand on a pack. Raises Refused `expiry_impossible`, `expiry_past`.

    The two digits of a year on a pack reach fifty years ahead (GS1 General Specifications §7.12).
    """
    day = _day(expiry, today=today)
    if day is None:
        raise Refused.one(
            "expiry_impossible", f"There is no such day: {expiry}.", expiry=str(expiry)
        )
    if day.year > today.year + 50:
        raise Refused.one(
            "expiry_impossible",
            f"A pack cannot show the year {day.year}: at most fifty years ahead.",
            expiry=day.isoformat(),
        )
    if day < today:
        raise Refused.one(
            "expiry_past", f"The expiry, {day.isoformat()}, has passed.", expiry=day.isoformat()
        )
    return day


def checked_quantity(quantity: int) -> int:
    """A positive number of packs. Raises Refused `quantity_positive`."""
    if not 0 < quantity <= MOST_PACKS:
        raise Refused.one(
            "quantity_positive",
            f"A batch has between 1 and {MOST_PACKS:,} packs.",
            quantity=quantity,
        )
    return quantity


def _day(expiry: date | str, *, today: date) -> date | None:
    if isinstance(expiry, date):
        return expiry
    text = expiry.strip()
    if len(text) == 6:
        return read_date(text, today=today)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
