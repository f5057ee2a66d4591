from __future__ import annotations

from django.db import migrations

from apps.ledger.append_only import only_by

ERASE = """
CREATE FUNCTION custody_only_erases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND EXISTS (SELECT FROM ledger_erasure WHERE statement_id = OLD.statement_id)
        AND NEW.kind = 'erased' AND NEW.document = '{}' AND NEW.reference = ''
        AND NEW.counterparty_id IS NULL AND NEW.reporter_id IS NULL
        AND NEW.hash = (SELECT commitment FROM ledger_statement WHERE id = OLD.statement_id)
        AND NEW.occurred_at = OLD.recorded_at
        AND (NEW.id, NEW.statement_id, NEW.actor_id, NEW.site_id, NEW.recorded_at, NEW.package_count)
            IS NOT DISTINCT FROM
            (OLD.id, OLD.statement_id, OLD.actor_id, OLD.site_id, OLD.recorded_at, OLD.package_count)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The table % is append-only: % is refused. What was recorded stays as it was; '
        'a correction is a new statement.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0003_finds_events_by_time_word_and_place"),
        ("ledger", "0006_erasures"),
    ]

    operations = [
        migrations.RunSQL(ERASE, "DROP FUNCTION custody_only_erases()"),
        only_by("custody_only_erases", "custody_custodyevent"),
    ]
