"""The columns of the templates: what stands in each, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reads = Literal[
    "code", "gtin", "gln", "sscc", "serial", "lot", "date", "time", "count", "reference", "text"
]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    reads: Reads
    meaning: str
    example: str


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("act", "text", "What is recorded; one of the words this template lists.", ""),
        Column(
            "code", "code",
            "A scan of the pack or logistic unit: GS1 DataMatrix, (01)…(21)…, Digital Link, EPC or SSCC."
            " Instead of gtin and serial, or of sscc.",
            "(01)09521234543213(21)A1B2C3D4E5",
        ),
        Column("gtin", "gtin", "The product: 8, 12, 13 or 14 digits.", "09521234543213"),
        Column("serial", "serial", "The serial number of the pack.", "A1B2C3D4E5"),
        Column("sscc", "sscc", "A case or pallet: 18 digits.", "095212340000000013"),
        Column("container", "code", "The case or pallet: its SSCC, or a scan of it.", "095212340000000020"),
        Column("lot", "lot", "The batch number.", "L1"),
        Column("expiry", "date", "The expiry date, 2027-10-31, or as on the pack, 271031.", "2027-10-31"),
        Column("quantity", "count", "How many packs the batch has.", "10000"),
        Column(
            "time", "time",
            "When it happened, with the zone: 2026-11-20T10:15:00+01:00. Without a zone only where one was"
            " agreed for these files.",
            "2026-11-20T10:15:00+01:00",
        ),
        Column("site", "gln", "GLN of the site; empty: the site of whoever sends the file.", "5601000000028"),
        Column("shipment", "reference", "Number of the delivery; rows with the same one belong together.", "D-2026-00017"),
        Column("to", "gln", "GLN of the organisation it goes to.", "8437000000013"),
        Column("from", "gln", "GLN of the organisation it came from.", "5601000000011"),
        Column("name", "text", "The product's name.", "Examplin"),
        Column("strength", "text", "Its strength.", "40 mg"),
        Column("form", "text", "Its form.", "tablet"),
        Column("pack_size", "text", "What is in a pack.", "30 tablets"),
        Column("market", "text", "The country it is sold in, two letters.", "PT"),
        Column(
            "national_codes", "text", "National codes by country, divided by blanks.", "PT:5678901 ES:712345"
        ),
    )
}  # fmt: skip

PACKAGE = ("code", "gtin", "serial", "sscc")


@dataclass(frozen=True, slots=True)
class Act:
    """What a row with this word must and may fill in. Rows that agree in `together` (and `time`, `site`) and
    follow each other are one event; without it every row is an event of its own."""

    word: str
    must: tuple[str, ...]
    may: tuple[str, ...] = ()
    together: tuple[str, ...] | None = None


ACTS: dict[str, Act] = {
    act.word: act
    for act in (
        Act("product", ("gtin", "name", "market"), ("strength", "form", "pack_size", "national_codes")),
        Act("batch", ("gtin", "lot", "expiry", "quantity"), ("site",)),
        Act("commission", ("time",), (*PACKAGE, "lot", "expiry", "site"), ("gtin", "lot", "expiry")),
        Act("pack", ("container", "time"), (*PACKAGE, "site"), ("container",)),
        Act("unpack", ("container", "time"), (*PACKAGE, "site"), ("container",)),
        Act("ship", ("shipment", "to", "time"), (*PACKAGE, "site"), ("shipment", "to")),
        Act("return", ("shipment", "to", "time"), (*PACKAGE, "site"), ("shipment", "to")),
        Act("receive", ("shipment", "from", "time"), (*PACKAGE, "site"), ("shipment", "from")),
        Act("refuse", ("shipment", "from", "time"), (*PACKAGE, "site"), ("shipment", "from")),
        *(
            Act(word, ("time",), (*PACKAGE, "site"))
            for word in (
                "cancel_shipment", "dispense", "undo_dispense", "decommission", "reinstate", "destroy", "sample",
                "export", "lock", "unlock", "report_stolen", "inspect",
            )
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Template:
    kind: str
    purpose: str
    acts: tuple[str, ...]
    columns: tuple[str, ...]


_WHERE = ("time", "site")
TEMPLATES: dict[str, Template] = {
    template.kind: template
    for template in (
        Template(
            "products", "Products that you make.", ("product",),
            ("act", "gtin", "name", "strength", "form", "pack_size", "market", "national_codes"),
        ),
        Template(
            "batches", "Batches of your products.", ("batch",),
            ("act", "gtin", "lot", "expiry", "quantity", "site"),
        ),
        Template(
            "commission", "Serial numbers that were put on packs.", ("commission",),
            ("act", *PACKAGE, "lot", "expiry", *_WHERE),
        ),
        Template(
            "pack", "What was put into, or taken out of, a case or pallet.", ("pack", "unpack"),
            ("act", "container", *PACKAGE, *_WHERE),
        ),
        Template(
            "ship", "What leaves: deliveries, and returns to the supplier.", ("ship", "return"),
            ("act", "shipment", "to", *PACKAGE, *_WHERE),
        ),
        Template(
            "receive", "What arrived, line by line: received or refused.", ("receive", "refuse"),
            ("act", "shipment", "from", *PACKAGE, *_WHERE),
        ),
        Template(
            "dispense", "Packs handed to patients, and what was taken back within ten days.",
            ("dispense", "undo_dispense"), ("act", *PACKAGE, *_WHERE),
        ),
        Template(
            "decommission", "Packs that leave circulation another way, or are held back.",
            (
                "decommission", "reinstate", "destroy", "sample", "export", "lock", "unlock", "report_stolen",
                "inspect", "cancel_shipment",
            ),
            ("act", *PACKAGE, *_WHERE),
        ),
    )
}  # fmt: skip
