"""What the application's role may do in the database: work with rows, and only add to what is append-only.

Triggers refuse changes to the append-only tables for everybody; the missing right refuses them once more, for
web, worker and beat, without asking any trigger (DESIGN §5).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from psycopg2 import sql

from apps.ledger.append_only import OWNERS_ALONE, TABLES

PROTECTED = """
    SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE t.tgname = 'append_only' AND c.relnamespace = 'public'::regnamespace
"""


@transaction.atomic
def grant(cursor: Any, *, role: str) -> list[str]:
    """Gives `role` its rights on every table there is now; returns the append-only tables, sorted.

    Run it as the owner of the tables, after every migration. What an earlier version granted too much is taken back.
    All of it in one transaction: others never see the rights in between, and a start that is cut off changes none.
    """
    cursor.execute(PROTECTED)
    append_only = {name for (name,) in cursor.fetchall()}
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    append_only |= {name for (name,) in cursor.fetchall()} & set(TABLES)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ):
        cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
    for table in sorted(append_only):
        cursor.execute(
            sql.SQL("REVOKE UPDATE, DELETE ON {table} FROM {role}").format(
                table=sql.Identifier(table), role=sql.Identifier(role)
            )
        )
    for table in OWNERS_ALONE:
        cursor.execute(
            sql.SQL("REVOKE INSERT ON {table} FROM {role}").format(
                table=sql.Identifier(table), role=sql.Identifier(role)
            )
        )
    return sorted(append_only)
