"""Tables that only grow. PostgreSQL itself refuses the rest, whoever asks and from wherever.

A trigger can be switched off by a superuser of the database; that is what the log, the journal and the
audit are for. The application's own role has no such right, nor UPDATE, DELETE or TRUNCATE on these tables
(pharmatrace/grants.py reads TABLES).
"""

from __future__ import annotations

from django.db.migrations import RunSQL

TABLES = (
    "ledger_statement",
    "ledger_statementsecret",
    "ledger_erasure",
    "ledger_registrystatement",
    "ledger_logkeychange",
    "ledger_shard",
    "ledger_entry",
    "ledger_tile",
    "ledger_checkpoint",
    "ledger_cosignature",
    "ledger_publication",
    "ledger_auditrun",
    "ledger_freeze",
)
"""Append-only in full. `ledger_head` and `ledger_witnessedlog` may be updated to a larger size; `ledger_pending`
is a queue."""

OWNERS_ALONE = ("ledger_freeze",)
"""Of these, those into which only the owner of the tables puts a row: what can never be taken back, and stops the log."""

REFUSE = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The table % is append-only: % is refused. What was recorded stays as it was; '
        'a correction is a new statement.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

ERASE = """
CREATE FUNCTION ledger_only_erases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'ledger_statementsecret' AND TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT FROM ledger_erasure WHERE statement_id = OLD.statement_id) THEN
            RETURN OLD;
        END IF;
    ELSIF TG_TABLE_NAME = 'ledger_statement' AND TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT FROM ledger_erasure WHERE statement_id = OLD.id)
            AND NEW.facts = '\\x80' AND NEW.cose = '' AND NEW.subject = 'erased'
            AND (NEW.id, NEW.type, NEW.key_id, NEW.leaves, NEW.commitment, NEW.signed_at)
                = (OLD.id, OLD.type, OLD.key_id, OLD.leaves, OLD.commitment, OLD.signed_at)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The table % is append-only: % is refused. What was recorded stays as it was; '
        'a correction is a new statement.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

_HEAD_ONLY_GROWS = """
FUNCTION ledger_head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.origin <> OLD.origin OR NEW.size <= OLD.size THEN
        RAISE EXCEPTION 'The head of the log only grows: from % entries of % to % entries of % is refused.',
            OLD.size, OLD.origin, NEW.size, NEW.origin
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

GROW = f"""
CREATE {_HEAD_ONLY_GROWS}CREATE TRIGGER only_grows BEFORE UPDATE ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION ledger_head_grows();
CREATE TRIGGER stays BEFORE DELETE ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER stays_whole BEFORE TRUNCATE ON ledger_head
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

TURN = """
CREATE OR REPLACE FUNCTION ledger_head_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id = OLD.id AND NEW.origin = OLD.origin AND NEW.first = OLD.first AND NEW.size > OLD.size THEN
        RETURN NEW;
    END IF;
    -- Into the next shard: it begins where this one ends, with its genesis.
    IF NEW.id = OLD.id AND NEW.first = OLD.size AND NEW.size = OLD.size + 1
        AND EXISTS (SELECT FROM ledger_shard WHERE origin = NEW.origin AND first = NEW.first)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The head of the log only grows: from % entries of % to % entries of % is refused.',
        OLD.size, OLD.origin, NEW.size, NEW.origin
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION ledger_shard_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number > 0 AND NOT EXISTS (
        SELECT FROM ledger_head h JOIN ledger_publication p ON p.checkpoint_id = h.size
        WHERE h.size = NEW.first
            AND NEW.number = (SELECT max(number) + 1 FROM ledger_shard)
    ) THEN
        RAISE EXCEPTION 'A shard begins where the one before ended, with a published checkpoint: % is refused.',
            NEW.origin USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER follows BEFORE INSERT ON ledger_shard
    FOR EACH ROW EXECUTE FUNCTION ledger_shard_follows();
"""

NO_TURN = f"""
DROP TRIGGER follows ON ledger_shard;
DROP FUNCTION ledger_shard_follows();
CREATE OR REPLACE {_HEAD_ONLY_GROWS}"""

WITNESS = """
CREATE FUNCTION ledger_witness_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.origin <> OLD.origin OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root) THEN
        RAISE EXCEPTION 'A witness never goes back: % was cosigned at % entries, and % is refused.',
            OLD.origin, OLD.size, NEW.size
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_grows BEFORE UPDATE ON ledger_witnessedlog
    FOR EACH ROW EXECUTE FUNCTION ledger_witness_grows();
CREATE TRIGGER stays BEFORE DELETE ON ledger_witnessedlog
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER stays_whole BEFORE TRUNCATE ON ledger_witnessedlog
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""


def functions() -> RunSQL:
    """Migration operation: the trigger functions. Needed once, before any `protect`."""
    return RunSQL(REFUSE, "DROP FUNCTION ledger_refuse_change()")


def protect(table: str) -> RunSQL:
    """Migration operation: rows of `table` are inserted and never changed. Higher floors use it too."""
    return RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();"
        f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();",
        f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_whole ON {table};",
    )


def erasing() -> list[RunSQL]:
    """Migration operations: a statement with a row in `ledger_erasure` may lose its secret and what it says,
    and nothing else of it changes. Only who may delete there at all can use it, and that is not the
    application's role."""
    return [
        RunSQL(ERASE, "DROP FUNCTION ledger_only_erases()"),
        *(
            only_by("ledger_only_erases", table)
            for table in ("ledger_statement", "ledger_statementsecret")
        ),
    ]


def only_by(function: str, table: str) -> RunSQL:
    """Migration operation: `function` decides in the place of the plain refusal which changes pass."""
    replace = (
        "DROP TRIGGER append_only ON {table};"
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION {function}();"
    )
    return RunSQL(
        replace.format(table=table, function=function),
        replace.format(table=table, function="ledger_refuse_change"),
    )


def head_grows() -> RunSQL:
    """Migration operation: the head row changes only to a larger size of the same log."""
    return RunSQL(
        GROW,
        "DROP TRIGGER only_grows ON ledger_head; DROP TRIGGER stays ON ledger_head;"
        "DROP TRIGGER stays_whole ON ledger_head; DROP FUNCTION ledger_head_grows();",
    )


def turns() -> RunSQL:
    """Migration operation: the head may also go on into a next shard, and a shard begins only where one ended."""
    return RunSQL(TURN, NO_TURN)


def witness_grows() -> RunSQL:
    """Migration operation: what is remembered of a witnessed log never becomes smaller, nor another tree."""
    return RunSQL(
        WITNESS,
        "DROP TRIGGER only_grows ON ledger_witnessedlog; DROP TRIGGER stays ON ledger_witnessedlog;"
        "DROP TRIGGER stays_whole ON ledger_witnessedlog; DROP FUNCTION ledger_witness_grows();",
    )
