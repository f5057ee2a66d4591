"""docs/epcis.md says what the code does."""

from __future__ import annotations

import re

import pytest

from apps.exchange.query.grammar import PARAMETERS, Parameter, find
from pharmatrace.kernel.custody.kinds import SPELLINGS, Spelling, kind_of
from tests.exchange.standard import AMENDMENTS
from tests.house.sources import ROOT

TEXT = (ROOT / "docs" / "epcis.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if re.match(r"\| \w+ \| \w+Event \|", line)
]


def word(text: str) -> str | None:
    return None if text == "none" else text


def spelled_in_the_table() -> dict[Spelling, str]:
    table = {}
    for kind, type, action, step, disposition, also in ROWS:
        for one in [disposition, *(also.split(", ") if also else ())]:
            table[Spelling(type, action, step, word(one))] = kind
    return table


def test_every_kind_has_its_row() -> None:
    first = {row[0]: Spelling(*row[1:4], word(row[4])) for row in reversed(ROWS)}
    assert first == {kind.value: spelling for kind, spelling in SPELLINGS.items()}


def test_the_table_reads_as_the_code_does() -> None:
    """Every combination of the words in it: what the table leaves out, the code refuses."""
    table = spelled_in_the_table()
    shapes = {spelling[:3] for spelling in table}
    dispositions = {spelling.disposition for spelling in table} | {"recalled", "unknown"}
    for type, action, step in shapes:
        for disposition in dispositions:
            kind = kind_of(type=type, action=action, biz_step=step, disposition=disposition)
            assert (kind and kind.value) == table.get(Spelling(type, action, step, disposition))


PARAMETERS_TEXT = TEXT.partition("**Query parameters**")[2].partition("* **Names of fields.**")[0]
NAMED = [
    name
    for line in PARAMETERS_TEXT.splitlines()
    if line.startswith("| `")
    for name in re.findall("`([^`]+)`", line.split("|")[1])
]


def spelled(name: str) -> list[str]:
    """The parameters that a name of the table stands for."""
    name = name.replace("attrname", "city").replace("fieldname", "ex:colour").replace("uom", "CEL")
    name = re.sub("(Transaction|source|destination)_type$", r"\1_po", name)
    operators = ("EQ", "GT", "GE", "LT", "LE") if name.startswith("OP_") else ("",)
    return [operator + name.removeprefix("OP") for operator in operators]


@pytest.mark.parametrize("name", NAMED)
def test_every_parameter_of_the_table_is_known(name: str) -> None:
    assert all(find(one) for one in spelled(name))


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter.told)
def test_every_parameter_is_in_the_table(parameter: Parameter) -> None:
    assert any(find(one)[0] is parameter for name in NAMED for one in spelled(name))  # type: ignore[index]


@pytest.mark.parametrize("name", AMENDMENTS)
def test_every_amendment_of_openapi_yaml_has_its_reason(name: str) -> None:
    assert f"- `{name}`: " in (ROOT / "docs" / "conformance.md").read_text()


@pytest.mark.parametrize(
    "code",
    [
        "declared_unknown",
        "not_yours_to_declare",
        "never_reversed",
        "undo_window_over",
        "happened_since",
    ],
)
def test_every_reason_against_a_correction_is_named(code: str) -> None:
    assert f"`{code}`" in TEXT.partition("## Corrections")[2].partition("\n## ")[0]
