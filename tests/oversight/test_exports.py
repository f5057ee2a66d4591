"""Lists as files: whole, honest about what they are, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from apps.custody.models import CustodyEvent
from apps.oversight.exports import csv_writing, pdf_writing, table, xlsx_writing
from apps.oversight.exports.table import Table
from apps.oversight.filters import read_filter
from apps.safety.models import Alert
from pharmatrace.kernel.epcis.files import faults_of
from tests.custody.goods import CASE, uri
from tests.oversight.conftest import NOW


def taken(who: Any, address: str) -> bytes:
    response = who.client.get(address)
    assert response.status_code == 200, address
    assert response["Cache-Control"] == "no-store"
    assert "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content)


def rows_of(data: bytes) -> list[list[str]]:
    assert data.startswith("\ufeff".encode())
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def a_table(rows: list[Any]) -> Table:
    return Table("x", "A list", ("A", "B"), (0.5, 0.5), lambda: rows, "everything", "Rosa, Rosa Regulates", NOW)  # fmt: skip


def test_events_as_csv_say_what_they_are(rosa: Any, dan: Any, moved: Any) -> None:
    rows = rows_of(taken(rosa, "/oversight/export/events.csv"))
    assert dict(row[:2] for row in rows[:4]) == {
        "List": "Events", "Filter": "everything", "Made at": "2026-11-03T09:00:00+00:00",
        "Made by": "Rosa, Rosa Regulates",
    }  # fmt: skip
    assert rows[4] == [] and rows[5][0] == "Event"
    assert len(rows) - 6 == CustodyEvent.objects.count() == 5
    assert rows[6][0] == "receive"  # newest first


@pytest.mark.parametrize(
    ("query", "count", "said"),
    [
        ("kind=ship", 2, "kind: ship"),
        ("since=2026-11-02&until=2026-11-02", 5, "from: 2026-11-02; to: 2026-11-02"),
        ("until=2026-11-01", 0, "to: 2026-11-01"),
        ("since=2026-11-03&until=2026-11-05", 0, "from: 2026-11-03; to: 2026-11-05"),
        ("since=2026-13-40&kind=%00&organisation=x&until=9999-12-31", 5, "everything"),
    ],
)
def test_a_filter_narrows_and_is_stated(rosa: Any, moved: Any, query: str, count: int, said: str) -> None:  # fmt: skip
    rows = rows_of(taken(rosa, f"/oversight/export/events.csv?{query}"))
    assert len(rows) - 6 == count
    assert rows[1][1] == said


def test_one_organisations_events(rosa: Any, petra: Any, moved: Any) -> None:
    rows = rows_of(
        taken(rosa, f"/oversight/export/events.csv?organisation={petra.organisation.pk}")
    )
    assert [row[0] for row in rows[6:]] == ["receive", "ship"]
    assert petra.organisation.gln in rows[1][1]


def test_alerts_and_refusals_are_listed_too(rosa: Any, mia: Any, dan: Any, petra: Any, moved: Any) -> None:  # fmt: skip
    moved.ship(petra, [uri("S2")], dan)
    Alert.objects.create(
        kind="clone", sentence='=HYPERLINK("http://x")', raised_for=mia.organisation, raised_at=NOW,
        closing_note="+49", closed_at=NOW, closed_by=rosa.user,
    )  # fmt: skip
    alerts = rows_of(taken(rosa, "/oversight/export/alerts.csv?state=closed"))
    assert alerts[6][4].startswith("'=HYPER") and alerts[6][7] == "'+49"
    refused = rows_of(taken(rosa, "/oversight/export/refused.csv"))
    assert refused[6][4] == "not_custodian"


def test_the_packs_of_a_batch_with_who_holds_them(rosa: Any, mia: Any, dan: Any, moved: Any, batch: Any) -> None:  # fmt: skip
    moved.pack(mia, CASE, [uri("S2")]).raise_refused()
    moved.move([CASE], mia, dan)
    rows = {
        r[0][-2:]: r for r in rows_of(taken(rosa, f"/oversight/export/batch/{batch.pk}.csv"))[6:]
    }
    assert rows["S0"][1:3] == ["active", "Petra's Pharmacy"]
    assert rows["S2"][2] == "Dan Distributes" and rows["S2"][4] == "yes"
    for form in ("xlsx", "pdf"):
        assert taken(rosa, f"/oversight/export/batch/{batch.pk}.{form}")


@pytest.mark.parametrize("name", ["events", "alerts", "refused", "looks"])
@pytest.mark.parametrize(("form", "magic"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_every_list_has_every_form(rosa: Any, moved: Any, name: str, form: str, magic: bytes) -> None:  # fmt: skip
    assert taken(rosa, f"/oversight/export/{name}.{form}").startswith(magic)


@pytest.mark.parametrize("name", ["events.exe", "nothing.csv", "alerts.epcis", "events.json"])
def test_what_there_is_not_is_not_found(rosa: Any, moved: Any, name: str) -> None:
    assert rosa.client.get(f"/oversight/export/{name}").status_code == 404


def test_epcis_is_a_document_that_others_read(rosa: Any, moved: Any, tmp_path: Any) -> None:
    data = taken(rosa, "/oversight/export/events.epcis?kind=ship")
    document = json.loads(data)
    assert document["pharmatrace:filter"] == "kind: ship"
    assert document["pharmatrace:madeBy"] == "Rosa, Rosa Regulates"
    assert len(document["epcisBody"]["eventList"]) == 2
    file = tmp_path / "events.jsonld"
    file.write_bytes(data)
    assert list(faults_of(file)) == []
    empty = json.loads(taken(rosa, "/oversight/export/events.epcis?until=2020-01-01"))
    assert empty["epcisBody"]["eventList"] == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_becomes_a_formula(text: str) -> None:
    assert csv_writing.safe(text) == f"'{text}"
    book = load_workbook(xlsx_writing.xlsx_file(a_table([(text, 1)])))
    assert book["Rows"]["A2"].data_type == "s"


def test_a_sheet_has_an_end_and_says_so(monkeypatch: Any) -> None:
    monkeypatch.setattr(xlsx_writing, "MOST_ROWS", 3)
    monkeypatch.setattr(pdf_writing, "MOST_ROWS", 3)
    long = a_table([("a\x00b", n) for n in range(5)])
    book = load_workbook(xlsx_writing.xlsx_file(long))
    assert book["Rows"].max_row == 4
    about = {row[0].value: row[1].value for row in book["About"].rows}
    assert about["Rows"] == "the newest 3; there are more: take CSV for all"
    assert about["Made by"] == "Rosa, Rosa Regulates"
    assert pdf_writing.pdf_file(long).read().startswith(b"%PDF")


def test_a_long_pdf_has_pages_and_cells_that_fit() -> None:
    data = pdf_writing.pdf_file(a_table([("word " * 200, "x" * 900)] * 40)).read()
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") > 3


def test_a_list_is_read_in_portions_and_none_is_lost(rosa: Any, moved: Any, monkeypatch: Any) -> None:  # fmt: skip
    monkeypatch.setattr(table, "PORTION", 2)
    monkeypatch.setattr(table.onward, "__kwdefaults__", {"size": 2})
    with CaptureQueriesContext(connection) as queries:
        rows = rows_of(taken(rosa, "/oversight/export/events.csv"))
    assert len(rows) - 6 == 5
    assert (
        sum("custody_custodyevent" in one["sql"] and "LIMIT 2" in one["sql"] for one in queries)
        == 3
    )


def test_a_filter_reads_what_makes_sense(rosa: Any) -> None:
    assert read_filter({"kind": "x" * 30, "since": "x", "organisation": "\x00"}).words == []
