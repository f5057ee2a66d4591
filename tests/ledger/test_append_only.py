"""PostgreSQL refuses to change what was recorded, and says why."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from apps.ledger.append_only import TABLES
from apps.ledger.models import Cosignature, Freeze, LogKeyChange
from apps.ledger.services import erase, seal
from apps.ledger.services.run_audit import run_audit
from tests.ledger.statements import NOON, append_some

pytestmark = pytest.mark.django_db

FIRST_COLUMN = {
    "ledger_statement": "subject = 'another'",
    "ledger_statementsecret": "secret = '\\x00'",
    "ledger_auditrun": "found = 0",
    "ledger_freeze": "reason = ''",
    "ledger_erasure": "ground = 'another'",
    "ledger_registrystatement": "statement_id = statement_id",
    "ledger_logkeychange": "statement_id = statement_id",
    "ledger_shard": "opened_at = opened_at",
    "ledger_entry": "data = '\\x00'",
    "ledger_tile": "root = '\\x00'",
    "ledger_checkpoint": "note = ''",
    "ledger_cosignature": "line = ''",
    "ledger_publication": "note = ''",
}


@pytest.fixture
def sealed_log(mia_registered: object) -> None:
    gone = append_some(300)[7]
    seal(at=NOON)
    LogKeyChange.objects.create(statement_id=gone)
    Cosignature.objects.create(
        checkpoint_id=1, witness="w.example", key_id=b"abcd", line="a line", cosigned_at=NOON
    )
    Freeze.objects.create(size=301, reason="a test", frozen_at=NOON)
    run_audit(since_last=False, at=NOON, now=lambda: NOON)
    erase(statement_id=gone, ground="a law", by="the regulator", at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit


@pytest.fixture
def mia_registered() -> None:
    from apps.parties.services.register_organisation import register_organisation

    register_organisation(
        kind="manufacturer", name="Mia", gln="9506000134352", country="CH", at=NOON
    )


def refused(statement: str) -> str:
    with (
        pytest.raises(IntegrityError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(caught.value)


@pytest.mark.parametrize("table", TABLES)
def test_rows_cannot_be_changed(table: str, sealed_log: None) -> None:
    assert "is append-only: UPDATE is refused" in refused(
        f"UPDATE {table} SET {FIRST_COLUMN[table]}"
    )


@pytest.mark.parametrize("table", TABLES)
def test_rows_cannot_be_deleted(table: str, sealed_log: None) -> None:
    assert "is append-only: DELETE is refused" in refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_tables_cannot_be_emptied(table: str, sealed_log: None) -> None:
    assert "is append-only: TRUNCATE is refused" in refused(f"TRUNCATE {table} CASCADE")


def test_the_head_only_grows(sealed_log: None) -> None:
    for change in ("size = size - 1", "size = size", "size = size + 1, origin = 'other'"):
        assert "only grows" in refused(f"UPDATE ledger_head SET {change}")
    assert "DELETE is refused" in refused("DELETE FROM ledger_head")
    assert "TRUNCATE is refused" in refused("TRUNCATE ledger_head")


# A queue, a row that only grows, and what is remembered of witnesses and of the logs that we witness.
WORKING = (
    "ledger_pending", "ledger_head", "ledger_askedwitness", "ledger_witnessalarm",
    "ledger_witnessedlog", "ledger_witnessedlogkey",
)  # fmt: skip


def test_every_table_of_the_ledger_but_its_working_memory_is_protected() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'ledger_%'")
        assert {name for (name,) in cursor.fetchall()} == {*TABLES, *WORKING}
