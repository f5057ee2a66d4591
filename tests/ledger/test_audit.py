"""Whatever is changed behind the triggers' back, the audit names it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from apps.ledger.audits import audit
from apps.ledger.services import seal
from tests.ledger.statements import NOON, append_some

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed_log() -> None:
    """701 entries: two full tiles, 189 after them, checkpoints of 1, 101 and 701."""
    append_some(100)
    seal(at=NOON)
    append_some(600, start=1000)
    seal(at=NOON)


@contextmanager
def triggers_off() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


def change(statement: str, *parameters: Any) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount == 1


def findings() -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for _, finding in audit():
        told.setdefault(finding.place, []).append(finding.sentence)
    return told


def test_an_honest_log_has_no_findings(sealed_log: None) -> None:
    append_some(2, start=5000)  # some wait
    assert findings() == {}


def test_a_log_that_was_never_opened_has_no_findings() -> None:
    assert findings() == {}


@pytest.mark.parametrize("index", [0, 300, 700])
def test_a_changed_entry_is_named(index: int, sealed_log: None) -> None:
    change('UPDATE ledger_entry SET data = set_byte(data, 20, 1 # get_byte(data, 20)) WHERE "index" = %s', index)  # fmt: skip
    told = findings()
    assert "do not hash" in told[f"entry {index}"][0]
    assert any(f"Entry {index} is not the one" in s for all_ in told.values() for s in all_)
    assert not any(place.startswith("checkpoint") for place in told)


@pytest.mark.parametrize("index", [300, 700])
def test_an_entry_changed_together_with_its_leaf_is_named(index: int, sealed_log: None) -> None:
    change(
        "UPDATE ledger_entry SET data = '\\x0101' || sha256('x'),"
        " leaf = sha256('\\x000101'::bytea || sha256('x')) WHERE \"index\" = %s",
        index,
    )
    told = findings()
    assert any(f"Entry {index} is not the one" in s for all_ in told.values() for s in all_)
    assert "checkpoint 701" in told and "head" in told
    assert "checkpoint 101" not in told
    if index < 512:
        assert f"is not the leaf of entry {index}" in told[f"tile 0/1, hash {index - 256}"][0]


@pytest.mark.parametrize("index", [300, 700])
def test_a_missing_entry_is_named(index: int, sealed_log: None) -> None:
    change('DELETE FROM ledger_entry WHERE "index" = %s', index)
    told = findings()
    assert told[f"entry {index}"] == ["It is missing."]
    assert [place for place in told if place.startswith("entry")] == [f"entry {index}"]
    assert any("never sealed" in s for all_ in told.values() for s in all_)


def test_an_entry_beyond_the_head_is_named(sealed_log: None) -> None:
    change("INSERT INTO ledger_entry VALUES (701, '\\x00', '\\x00', 999999)")
    assert any("beyond the head" in sentence for sentence in findings()["entry 701"])


def test_two_swapped_entries_are_named(sealed_log: None) -> None:
    change('UPDATE ledger_entry SET "index" = -1 WHERE "index" = 10')
    change('UPDATE ledger_entry SET "index" = 10 WHERE "index" = 11')
    change('UPDATE ledger_entry SET "index" = 11 WHERE "index" = -1')
    told = findings()
    assert {"tile 0/0, hash 10", "tile 0/0, hash 11"} <= told.keys()


def test_a_changed_tile_is_named(sealed_log: None) -> None:
    change('UPDATE ledger_tile SET data = set_byte(data, 32 * 17, 1 # get_byte(data, 32 * 17)) WHERE "index" = 1')  # fmt: skip
    assert findings() == {"tile 0/1, hash 17": ["It is not the leaf of entry 273."]}


def test_a_changed_root_of_a_tile_is_named(sealed_log: None) -> None:
    change("UPDATE ledger_tile SET root = sha256('x') WHERE \"index\" = 1")
    assert findings().keys() == {"tile 0/1"}


def test_a_missing_tile_is_named(sealed_log: None) -> None:
    change('DELETE FROM ledger_tile WHERE "index" = 1')
    assert findings() == {"tile 0/1": ["It is missing."]}


def test_a_tile_that_should_not_be_there_is_named(sealed_log: None) -> None:
    change("INSERT INTO ledger_tile VALUES (1, 0, '\\x00', '\\x00')")
    assert findings().keys() == {"tile 1/0"}


def test_a_changed_checkpoint_is_named(sealed_log: None) -> None:
    change("UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = 101")
    assert findings()["checkpoint 101"] == [
        "Its row and its signed text differ.",
        "Its root is not that of the first 101 entries.",
    ]


def test_a_forged_note_is_named(sealed_log: None) -> None:
    change("UPDATE ledger_checkpoint SET note = replace(note, '101', '102') WHERE size = 101")
    told = findings()
    assert "note does not hold" in told["checkpoint 101"][0]
    assert told["journal, checkpoint 101"]


def test_a_deleted_checkpoint_is_named_by_the_journal(sealed_log: None) -> None:
    change("DELETE FROM ledger_checkpoint WHERE size = 101")
    assert "no such checkpoint" in findings()["journal, checkpoint 101"][0]


def test_a_changed_head_is_named(sealed_log: None) -> None:
    change("UPDATE ledger_head SET root = sha256('x')")
    assert findings().keys() == {"head"}


def test_a_missing_head_is_named(sealed_log: None) -> None:
    change("DELETE FROM ledger_head")
    assert "head is missing" in findings()["head"][0]


def test_a_head_rolled_back_is_named(sealed_log: None) -> None:
    change("UPDATE ledger_head SET size = 101")
    assert {"entry 700", "checkpoint 701", "head"} <= findings().keys()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("cose = set_byte(cose, 100, 1 # get_byte(cose, 100))", "signature does not hold"),
        ("cose = '\\x00'", "signature does not hold"),
        ("leaves = set_byte(leaves, 3, 1 # get_byte(leaves, 3))", "is not the one that was signed"),
        ("leaves = substring(leaves FOR 64)", "is not the root of its leaves"),
        ("facts = facts || '\\x00'", "not the one that was signed"),
        ("subject = 'ni:///another'", "the row of ni:///another"),
        ("commitment = sha256('x')", "are not what its commitment was made of"),
        ("type = 2", "is not the one that commits to it"),
        ("key_id = '\\x00'", "is not known"),
    ],
)
def test_a_changed_statement_is_named(damage: str, sentence: str, sealed_log: None) -> None:
    if "facts" in damage:
        damage = "facts = replace(encode(facts, 'escape'), 'Basel', 'Bern!')::bytea"
    with connection.cursor() as cursor:
        cursor.execute('SELECT statement_id FROM ledger_entry WHERE "index" = 42')
        (statement,) = cursor.fetchone()
    change(f"UPDATE ledger_statement SET {damage} WHERE id = %s", statement)
    told = findings()
    assert told.keys() == {f"statement {statement} (entry 42)"}
    assert any(sentence in s for s in told[f"statement {statement} (entry 42)"])


def test_a_statement_without_its_secret_is_named(sealed_log: None) -> None:
    change("DELETE FROM ledger_statementsecret WHERE statement_id = (SELECT statement_id FROM ledger_entry WHERE \"index\" = 42)")  # fmt: skip
    assert any("secret is missing" in s for all_ in findings().values() for s in all_)


def test_a_deleted_statement_is_named(sealed_log: None) -> None:
    change("DELETE FROM ledger_statement WHERE id = (SELECT statement_id FROM ledger_entry WHERE \"index\" = 42)")  # fmt: skip
    assert findings() == {"entry 42": ["There is no statement behind it."]}


def test_the_command_says_all_is_well(sealed_log: None) -> None:
    out = StringIO()
    call_command("audit", stdout=out)
    assert out.getvalue().startswith("701 entries")


def test_the_command_ends_with_1_on_a_finding(sealed_log: None) -> None:
    change("UPDATE ledger_head SET root = sha256('x')")
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert ended.value.code == 1
    assert [finding["place"] for finding in told["findings"]] == ["head"]
