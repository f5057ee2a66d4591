"""The table says what the trials published, and moves dates the way it says."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from pharmatrace.demo.batches import BATCHES, EXPIRED_LOT, MISTYPED, moved_expiry
from pharmatrace.demo.cast import CAST
from pharmatrace.kernel.gs1.check_digit import has_good_check_digit

DAYS = [date(2026, 11, 20), date(2027, 1, 1), date(2028, 2, 29), date(2030, 10, 31)]


def test_the_figures_are_the_published_ones(conformance: Path) -> None:
    with (conformance / "pharmaledger" / "fgt_real_batches.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["quantity"] and row["expiry"]]
    published = {(r["gtin14"], r["batch"], int(r["quantity"]), r["expiry"]) for r in rows}
    ours = {(b.medicine.gtin, b.lot, b.quantity, b.expiry.isoformat()) for b in BATCHES}
    assert ours == published
    assert sum(batch.quantity for batch in BATCHES) == 475_459


def test_only_the_mistyped_gtin_has_a_wrong_check_digit() -> None:
    assert all(has_good_check_digit(batch.medicine.gtin) for batch in BATCHES)
    assert not has_good_check_digit(MISTYPED.gtin)


def test_location_numbers_are_for_demonstrations_and_right() -> None:
    glns = [gln for player in CAST.values() for gln in (player.gln, player.site_gln)]
    assert len(set(glns)) == len(glns)
    assert all(gln.startswith("952") and has_good_check_digit(gln) for gln in glns)


@pytest.mark.parametrize("today", DAYS)
def test_all_batches_but_one_are_in_date_and_moved_by_whole_years(today: date) -> None:
    for batch in BATCHES:
        moved = moved_expiry(batch, today=today)
        assert (moved.month, moved.day) == (batch.expiry.month, batch.expiry.day)
        assert (moved < today) == (batch.lot == EXPIRED_LOT)
