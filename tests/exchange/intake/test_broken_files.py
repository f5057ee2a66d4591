"""Files broken on purpose, each named for its defect: refused whole, acknowledged with the reason, nothing recorded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from apps.exchange.intake import xlsx_rows
from tests.custody.goods import GTIN, LOT
from tests.exchange.intake.files import TIME, as_csv, as_json, as_xlsx, as_xml
from tests.exchange.intake.test_epcis_files import commissionings

pytestmark = pytest.mark.django_db

TABLE = [
    ["act", "gtin", "serial", "lot", "expiry", "time"],
    ["commission", GTIN, "A1", LOT, "2027-10-31", TIME],
]
SHEET = "xl/worksheets/sheet1.xml"


def part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part of it changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(TABLE))) as old, zipfile.ZipFile(out, "w") as new:
        for each in old.namelist():
            content = old.read(each)
            new.writestr(each, change(content) if each == name else content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def understated() -> bytes:
    """The directory says that the sheet is 10 octets long."""
    content = part(SHEET, lambda old: old + b" " * 100_000)
    entry = content.rindex(SHEET.encode()) - 46
    return content[: entry + 24] + (10).to_bytes(4, "little") + content[entry + 28 :]


def encrypted() -> bytes:
    content = part(SHEET, lambda old: old)
    entry = content.rindex(SHEET.encode()) - 46
    return content[: entry + 8] + b"\x01\x00" + content[entry + 10 :]


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "file_empty"),
    "only-blanks": (b"\r\n \t\n", "file_empty"),
    "a-picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "format_unknown"),
    "a-pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "format_unknown"),
    "prose": (b"Dear partner\nplease find attached\n", "format_unknown"),
    "old-excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "format_old_excel"),
    "json-cut-off": (b'{"type": "EPCISDocument", "epcisBody": {"eventList": [', "document_invalid"),
    "json-without-events": (b'{"type": "EPCISDocument", "epcisBody": {}}', "document_invalid"),
    "json-empty-list": (
        b'{"type": "EPCISDocument", "epcisBody": {"eventList": []}}', "nothing_here",
    ),
    "json-too-deep": (b"[" * 200_000, "document_invalid"),
    "xml-of-something-else": (b"<html><body/></html>", "document_invalid"),
    "xml-with-entities": (
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "xml_forbidden",
    ),
    "csv-without-act": (as_csv([["gtin", "serial"], [GTIN, "A1"]]), "format_unknown"),
    "csv-unknown-column": (as_csv([["act", "gitn"], ["ship", GTIN]]), "column_unknown"),
    "csv-column-twice": (as_csv([["act", "gtin", "GTIN"], ["ship", GTIN, GTIN]]), "column_twice"),
    "csv-header-only": (as_csv(TABLE[:1]), "nothing_here"),
    "csv-open-quote": (as_csv(TABLE) + b'commission,"' + b"x,y\r\n" * 3, "csv_unreadable"),
    "csv-endless-cell": (as_csv(TABLE) + b"commission," + b"9" * 200_000, "csv_unreadable"),
    "csv-with-nul": (as_csv(TABLE).replace(b"A1", b"A\x00"), "format_unknown"),
    "utf-16-cut-off": (as_csv(TABLE, encoding="utf-16")[:-1], "csv_unreadable"),
    "xlsx-not-a-zip": (b"PK\x03\x04 and no more", "xlsx_unreadable"),
    "xlsx-cut-off": (as_xlsx(TABLE)[:-200], "xlsx_unreadable"),
    "xlsx-no-sheet": (part("xl/workbook.xml", lambda old: b"<workbook/>"), "xlsx_unreadable"),
    "xlsx-sheet-not-xml": (part(SHEET, lambda old: old[:300]), "xlsx_unreadable"),
    "xlsx-with-dtd": (
        part(SHEET, lambda old: b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + old), "xml_forbidden",
    ),
    "xlsx-understated-size": (understated(), "xlsx_unreadable"),
    "xlsx-encrypted": (encrypted(), "xlsx_unreadable"),
    "another-zip": (part("xl/workbook.xml", lambda old: b""), "xlsx_unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("defect", BROKEN)
def test_broken_file(desk: Any, mia: Any, batch: Any, defect: str) -> None:
    content, code = BROKEN[defect]
    ack = desk(mia).imported(content)
    assert [one["code"] for one in ack["reasons"]] == [code]
    assert (ack["status"], ack["outcome"], ack["lines"], ack["totals"]) == (1, "refused", [], {})
    assert ack["octets"] == len(content)
    assert not CustodyEvent.objects.exists()


@pytest.mark.parametrize("write", [as_json, as_xml])
def test_of_a_half_uploaded_file_nothing_is_recorded(
    desk: Any, mia: Any, batch: Any, write: Any
) -> None:
    content = write(commissionings(mia, 20))
    ack = desk(mia).imported(content[: len(content) * 3 // 4])
    assert (ack["outcome"], ack["reasons"][0]["code"]) == ("refused", "document_invalid")
    assert "line" in ack["reasons"][0]
    assert not CustodyEvent.objects.exists()


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    desk: Any, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_rows, "load_workbook", None)  # never reached
    monkeypatch.setattr(xlsx_rows, "MOST_UNPACKED", 10_000_000)
    bomb = part(SHEET, lambda old: old + b" " * 10_000_000)
    assert len(bomb) < 50_000
    assert desk(mia).imported(bomb)["reasons"][0]["code"] == "xlsx_too_large"


def test_a_row_far_below_does_not_make_a_million_rows(
    desk: Any, mia: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.exchange.intake.tables.MOST_ROWS", 1_000)
    far = part(SHEET, lambda old: old.replace(b'<row r="2"', b'<row r="999999999"'))
    assert desk(mia).imported(far)["reasons"][0]["code"] == "too_many_rows"


def test_rows_beyond_a_wrong_dimension_are_not_lost(desk: Any, mia: Any, batch: Any) -> None:
    wrong = part(SHEET, lambda old: old.replace(b'ref="A1:F2"', b'ref="A1"'))
    assert wrong != part(SHEET, lambda old: old)
    assert desk(mia).imported(wrong)["totals"] == {"accepted": 1}


def test_json_beyond_the_stated_size_is_refused(desk: Any, mia: Any, settings: Any) -> None:
    settings.CAPTURE_MAX_MEMORY_SIZE = 1_000
    ack = desk(mia).imported(as_json(commissionings(mia, 20)))
    assert ack["reasons"][0]["code"] == "file_too_large"


def test_what_json_cannot_hold_is_refused_where_it_stands(desk: Any, mia: Any, batch: Any) -> None:
    content = as_json(commissionings(mia, 2)).replace(
        b'"action"',
        b'"@context": {"x": "https://x.example/"}, "x:n": 1' + b"0" * 400 + b', "action"',
        1,
    )
    content = content.replace(b'"bizStep"', b'"x:s": "\\ud800", "bizStep"', 1)
    ack = desk(mia).imported(content)
    assert [one["fate"] for one in ack["lines"]][1] == "accepted"
    assert ack["lines"][0]["fate"] in ("unreadable", "refused")


@pytest.mark.parametrize(
    "row",
    [
        ["commission", GTIN, "A1", LOT, "2027-10-31", TIME, "", "more"],
        ["steal", GTIN, "A1", LOT, "2027-10-31", TIME],
        ["", GTIN, "A1", LOT, "2027-10-31", TIME],
        ["commission", GTIN, "A1", "", "2027-10-31", TIME],
        ["commission", GTIN, "A1", LOT, "2027-10-31", ""],
        ["dispense", GTIN, "A1", LOT, "", TIME],
    ],
    ids=["too-long", "unknown-act", "no-act", "no-lot", "no-time", "cell-that-would-be-lost"],
)
def test_broken_row(desk: Any, mia: Any, batch: Any, row: list[str]) -> None:
    ack = desk(mia).imported(as_csv([*TABLE, row]))
    by_row = {one["row"]: one for one in ack["lines"]}
    assert (by_row[2]["fate"], by_row[3]["fate"]) == ("accepted", "unreadable")
    assert by_row[3]["reasons"][0]["row"] == 3
