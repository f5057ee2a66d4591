"""Twenty real batches of a Portuguese and Spanish supply: 475,459 packs.

The figures (GTIN, lot, quantity, expiry, route) are those two makers published for the PharmaLedger finished
goods traceability trials. The expiries lie in the years 2021 to 2024, so the demo moves each forward by whole
years (`moved_expiry`); everything else is untouched. Who makes, ships and dispenses them here is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SHELF_LIFE = timedelta(days=365)  # what every batch but one has left, at least


class Route(StrEnum):
    HOSPITAL = "hospital"  # direct deliveries from a logistics provider
    WHOLESALE = "wholesale"  # pharmacies, by way of a wholesaler


@dataclass(frozen=True, slots=True)
class Medicine:
    maker: str  # who in `cast`
    country: str
    gtin: str
    name: str
    strength: str
    form: str
    pack_size: str
    route: Route


@dataclass(frozen=True, slots=True)
class RealBatch:
    medicine: Medicine
    lot: str
    quantity: int
    expiry: date  # the real one


_BRIDION_PT = Medicine(
    "maker-m", "PT", "00366582505358", "Bridion", "100 mg/ml", "solution for injection",
    "10 vials of 2 ml", Route.HOSPITAL,
)  # fmt: skip
_BRIDION_ES = Medicine(
    "maker-m", "ES", "00191778020380", "Bridion", "100 mg/ml", "solution for injection",
    "10 vials of 2 ml", Route.HOSPITAL,
)  # fmt: skip
_GARDASIL_PT = Medicine(
    "maker-m", "PT", "00191778005295", "Gardasil 9", "0.5 ml", "suspension for injection",
    "1 pre-filled syringe", Route.WHOLESALE,
)  # fmt: skip
_GARDASIL_ES = Medicine(
    "maker-m", "ES", "00191778001693", "Gardasil 9", "0.5 ml", "suspension for injection",
    "1 pre-filled syringe", Route.WHOLESALE,
)  # fmt: skip
_DIFLUCAN = Medicine(
    "maker-p", "ES", "08470007909231", "Diflucan", "40 mg/ml", "powder for oral suspension",
    "1 bottle of 35 ml", Route.WHOLESALE,
)  # fmt: skip
_DEPO_MEDROL = Medicine(
    "maker-p", "PT", "05415062336861", "Depo-Medrol", "40 mg", "suspension for injection",
    "1 vial", Route.WHOLESALE,
)  # fmt: skip

BATCHES = tuple(
    RealBatch(medicine, lot, quantity, date.fromisoformat(expiry))
    for medicine, lot, quantity, expiry in (
        (_BRIDION_PT, "R034995", 3_542, "2021-08-31"),
        (_BRIDION_PT, "S002961", 2_692, "2021-10-31"),
        (_BRIDION_PT, "S006749", 4_042, "2021-11-30"),
        (_GARDASIL_PT, "U002114", 44_776, "2023-08-31"),
        (_GARDASIL_PT, "U008604", 46_070, "2023-10-31"),
        (_BRIDION_ES, "U002872", 11_167, "2023-07-31"),
        (_BRIDION_ES, "U011610", 8_205, "2023-10-31"),
        (_BRIDION_ES, "U018760", 12_694, "2023-11-30"),
        (_GARDASIL_ES, "T039771", 153_816, "2023-07-31"),
        (_GARDASIL_ES, "U011389", 162_355, "2023-10-31"),
        (_DIFLUCAN, "DIF1", 5_000, "2023-01-01"),
        (_DIFLUCAN, "DIF2", 3_000, "2023-01-05"),
        (_DIFLUCAN, "DIF3", 1_500, "2023-01-07"),
        (_DIFLUCAN, "DIF4", 8_000, "2023-01-09"),
        (_DIFLUCAN, "DIF5", 4_500, "2024-01-01"),
        (_DEPO_MEDROL, "DP1", 200, "2023-01-01"),
        (_DEPO_MEDROL, "DP2", 600, "2023-01-05"),
        (_DEPO_MEDROL, "DP3", 1_000, "2023-01-07"),
        (_DEPO_MEDROL, "DP4", 300, "2023-01-09"),
        (_DEPO_MEDROL, "DP5", 2_000, "2024-01-01"),
    )
)

# The same trials list this product with a GTIN whose check digit is wrong. The demo tries to register it.
MISTYPED = Medicine(
    "maker-p", "PT", "06770007904242", "Betaferon", "250 micrograms/ml",
    "powder and solvent for solution for injection", "15 vials", Route.WHOLESALE,
)  # fmt: skip

EXPIRED_LOT = "S002961"
RECALLED_LOT = "DIF4"


def moved_expiry(batch: RealBatch, *, today: date) -> date:
    """The real expiry moved by whole years: a year or more ahead of `today`, or, for the batch that plays
    the expired one, as shortly before `today` as whole years allow (a week at least)."""
    year = batch.expiry.year
    if batch.lot == EXPIRED_LOT:
        while batch.expiry.replace(year=year + 1) < today - timedelta(days=7):
            year += 1
        return batch.expiry.replace(year=year)
    while batch.expiry.replace(year=year) < today + SHELF_LIFE:
        year += 1
    return batch.expiry.replace(year=year)
