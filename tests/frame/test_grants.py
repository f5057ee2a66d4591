"""The application's role works with rows, but cannot change what is append-only, nor the tables themselves."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from apps.ledger.append_only import OWNERS_ALONE, TABLES
from pharmatrace import diagnosis
from pharmatrace.embedded.location import APPLICATION
from pharmatrace.grants import grant

pytestmark = pytest.mark.django_db


def as_application(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APPLICATION}")
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_application_may_not_change_the_ledger(table: str, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum = 1"
        )
        ((column,),) = cursor.fetchall()
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_application(change.replace("id", column).format(table))


@pytest.mark.parametrize("table", TABLES)
def test_the_application_may_read_the_ledger(table: str) -> None:
    as_application(f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize("table", OWNERS_ALONE)
def test_the_application_may_not_end_the_log(table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_application(
            f"INSERT INTO {table} (id, size, reason, frozen_at) VALUES (1, 1, 'x', now())"
        )


@pytest.mark.parametrize(
    "statement",
    ["DROP TABLE django_session", "CREATE TABLE mine (x int)", "DELETE FROM django_migrations"],
)
def test_the_application_may_not_alter_tables(statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        as_application(statement)


def test_the_application_works_with_other_rows() -> None:
    as_application("UPDATE django_session SET session_data = session_data")
    as_application("DELETE FROM django_session")


def test_granting_again_takes_back_what_was_granted_too_much() -> None:
    table = TABLES[0]
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE ON {table} TO {APPLICATION}")
    call_command("grant", verbosity=0)
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_application(f"DELETE FROM {table}")


class Cut(Exception):
    """The connection goes away in the middle."""


class Cursor:
    """Passes the first statements on, then is cut off."""

    def __init__(self, cursor: object, statements: int) -> None:
        self.cursor, self.left = cursor, statements

    def __getattr__(self, name: str) -> object:
        return getattr(self.cursor, name)

    def execute(self, *arguments: object) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cut
        self.cursor.execute(*arguments)  # type: ignore[attr-defined]


def test_granting_that_is_cut_off_leaves_the_rights_as_they_were() -> None:
    with connection.cursor() as cursor, pytest.raises(Cut):
        grant(Cursor(cursor, statements=5), role=APPLICATION)  # after REVOKE ALL and GRANT
    as_application("SELECT count(*) FROM ledger_entry")
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_application("DELETE FROM ledger_entry")


def test_the_doctor_claims_no_more_than_is_true_of_a_private_database() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APPLICATION}")
        (finding,) = diagnosis.append_only()
    assert finding.level is diagnosis.Level.GOOD
    assert "may take any role" in finding.sentence
