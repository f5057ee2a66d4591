"""GS1's own lists of parameters, openapi.yaml and query-schema.json, against ours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from apps.exchange.query.grammar import find

# Of subscriptions and pages, not of events.
OTHERS = {
    "perPage", "nextPageToken", "second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek",
    "reportIfEmpty", "stream", "initialRecordTime",
}  # fmt: skip


@pytest.fixture(scope="module")
def bindings(conformance: Path) -> Path:
    return conformance / "gs1-epcis" / "REST Bindings"


def test_every_parameter_of_the_interface_is_known(bindings: Path) -> None:
    text = (bindings / "openapi.yaml").read_text()
    found = re.findall(r"in: query\s+name: (\w+)|name: (\w+)\n(?:.*\n)?\s+in: query", text)
    names = {first or second for first, second in found}
    assert len(names - OTHERS) == 53
    assert [name for name in sorted(names - OTHERS) if find(name) is None] == []


def schema(bindings: Path) -> Any:
    text = (bindings / "query-schema.json").read_text()
    return json.loads(text)["definitions"]["EPCIS-Query"]


def test_every_parameter_of_a_named_query_is_known(bindings: Path) -> None:
    names = set(schema(bindings)["properties"]) - {"@context"}
    assert len(names) == 60
    assert [name for name in sorted(names) if find(name) is None] == []


def example(pattern: str) -> str:
    """A name that GS1's pattern means; it escapes backslashes once too often."""
    name = pattern.strip("^$").replace("\\\\", "\\")
    for part, text in (
        ("[a-z][a-zA-Z0-9]*\\:\\w+", "example:myField"),
        ("[a-z][a-zA-Z0-9_]+", "owning_party"),
        ("[A-Z0-9]{2,4}", "KGM"),
        ("\\w+_\\w+", "bizLocation_city"),
    ):
        name = name.replace(part, text)
    assert re.fullmatch(r"[A-Za-z_:]+", name), pattern
    return name


def test_every_family_of_named_queries_is_known(bindings: Path) -> None:
    names = [example(pattern) for pattern in schema(bindings)["patternProperties"]]
    assert len(names) == len(set(names)) == 108
    assert [name for name in names if find(name) is None] == []


@pytest.mark.parametrize(
    "name",
    [
        "EQ_readPoint_example:x", "GE_INNER_bizLocation_example:x", "EXISTS_INNER_SENSORREPORT_a:b",
        "EQ_https://ns.example.com/x", "EQ_INNER_ILMD_https://ns.example.com/epcis#x",
        "HASATTR_bizLocation", "EQATTR_bizLocation_urn:epcglobal:cbv:mda:city", "LE_percRank",
    ],
)  # fmt: skip
def test_more_of_the_standards_text(name: str) -> None:
    assert find(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "EQ_", "EQ_:x", "EQ_x:", "EQ_colour", "XX_example:x", "EQ_ILMD_colour", "EXISTS_colour",
        "GT_value", "EQ_value_kgm", "EQ_value_K", "EQ_value_KGMMM", "MATCH_", "HASATTR_", "GE_percRank_CEL",
        "EQ_persistentDisposition", "perpage", "EXISTS_", "LT_quantity_", "@context",
    ],
)  # fmt: skip
def test_nothing_else_is_a_parameter(name: str) -> None:
    assert find(name) is None
