"""The browser's table of what events mean is ours."""

from __future__ import annotations

import json
import re

from pharmatrace.kernel.custody.kinds import SPELLINGS, kind_of
from tests.house.sources import ROOT

TEXT = (ROOT / "static" / "js" / "evidence" / "meaning_checks.js").read_text()
ROWS = {
    name: json.loads(re.sub(r"(\w+):", r'"\1":', row))
    for name, row in re.findall(r'^  "([\w ]+)": (\{ kinds.*\}),$', TEXT, re.MULTILINE)
}


def test_every_kind_is_in_the_table() -> None:
    for spelling in SPELLINGS.values():
        row = ROWS[" ".join(spelling[:3])]
        alike = [one.disposition for one in SPELLINGS.values() if one[:3] == spelling[:3]]
        assert row["dispositions"] == [one for one in alike if one]
        assert row["kinds"] == len(alike)


def test_what_needs_no_disposition_needs_none_there() -> None:
    for name, row in ROWS.items():
        type, action, step = name.split(" ")
        plain = kind_of(type=type, action=action, biz_step=step, disposition=None) is not None
        assert row["plain"] is plain, name


def test_no_step_that_needs_no_disposition_is_left_out() -> None:
    steps = set(re.findall(r'"([a-z_]+)"', (ROOT / "pharmatrace/kernel/custody/kinds.py").read_text()))  # fmt: skip
    for step in steps:
        for type, action in (("ObjectEvent", "OBSERVE"), ("ObjectEvent", "ADD"), ("ObjectEvent", "DELETE"),
                             ("AggregationEvent", "ADD"), ("AggregationEvent", "DELETE")):  # fmt: skip
            if kind_of(type=type, action=action, biz_step=step, disposition=None):
                assert f"{type} {action} {step}" in ROWS
