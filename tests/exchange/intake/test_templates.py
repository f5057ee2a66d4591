"""The templates: empty, explained, safe to open, and read by the same code that reads what is filled in."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from apps.exchange.intake.columns import ACTS, COLUMNS, TEMPLATES
from apps.exchange.intake.templates import template
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import GTIN, LOT
from tests.exchange.intake.files import TIME, fates

KINDS = list(TEMPLATES)


@pytest.mark.parametrize("kind", KINDS)
def test_the_workbook_explains_its_columns(kind: str) -> None:
    book = load_workbook(io.BytesIO(template(kind, "xlsx")))
    assert book.sheetnames == [kind, "columns"]
    header = [cell.value for cell in book[kind][1]]
    assert header == list(TEMPLATES[kind].columns)
    explained = [row[0].value for row in book["columns"].iter_rows(min_row=2)]
    assert explained == header
    assert all(row[1].value and row[2].value for row in book["columns"].iter_rows(min_row=2))


@pytest.mark.parametrize("kind", KINDS)
def test_codes_are_text_and_acts_are_chosen(kind: str) -> None:
    sheet = load_workbook(io.BytesIO(template(kind, "xlsx")))[kind]
    for index, name in enumerate(TEMPLATES[kind].columns, start=1):
        assert sheet.cell(2, index).number_format == ("General" if name == "quantity" else "@")
    lists = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert [one.formula1 for one in lists] == [f'"{",".join(TEMPLATES[kind].acts)}"']


@pytest.mark.parametrize("kind", KINDS)
def test_no_cell_begins_like_a_formula(kind: str) -> None:
    book = load_workbook(io.BytesIO(template(kind, "xlsx")))
    texts = [
        str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value
    ]
    texts += template(kind, "csv").decode("utf-8-sig").replace("\r\n", ",").split(",")
    assert [text for text in texts if text[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


def test_every_act_is_in_a_template_with_all_it_needs() -> None:
    offered = {word: one for one in TEMPLATES.values() for word in one.acts}
    assert set(offered) == set(ACTS)
    assert set(ACTS) == {kind.value for kind in Kind} | {"product", "batch"}
    for word, one in offered.items():
        assert {*ACTS[word].must, *ACTS[word].may} <= set(one.columns), word
    assert {name for one in TEMPLATES.values() for name in one.columns} == set(COLUMNS)


@pytest.mark.django_db
def test_a_filled_in_template_is_read(desk: Any, mia: Any, batch: Any) -> None:
    book = load_workbook(io.BytesIO(template("commission", "xlsx")))
    row = {
        "act": "commission",
        "gtin": GTIN,
        "serial": "A1",
        "lot": LOT,
        "expiry": "271031",
        "time": TIME,
    }
    for index, name in enumerate(TEMPLATES["commission"].columns, start=1):
        book["commission"].cell(2, index).value = row.get(name)
    out = io.BytesIO()
    book.save(out)
    assert fates(desk(mia).imported(out.getvalue())) == [(2, "accepted", [])]


def test_the_command_makes_one_and_overwrites_none(tmp_path: Path) -> None:
    path = tmp_path / "ship.csv"
    call_command("template", "ship", "--format=csv", f"--out={path}", stdout=io.StringIO())
    assert path.read_bytes() == template("ship", "csv")
    with pytest.raises(CommandError, match="filled in"):
        call_command("template", "ship", "--format=csv", f"--out={path}")


@pytest.mark.django_db
def test_anybody_may_download_one(client: Any) -> None:
    answer = client.get("/epcis/templates/ship.csv")
    assert answer.content == template("ship", "csv")
    assert answer["Content-Disposition"] == 'attachment; filename="ship.csv"'
    assert client.get("/epcis/templates/ship.xlsx").content[:2] == b"PK"
    for wrong in ("ship.pdf", "steal.csv"):
        assert client.get(f"/epcis/templates/{wrong}").status_code == 404
    assert client.post("/epcis/templates/ship.csv").status_code == 405
