from __future__ import annotations

from django.db import migrations

# The table of settings.CACHES, as `createcachetable` makes it: wrong codes are counted here, by all processes.
CACHE = """
CREATE TABLE IF NOT EXISTS parties_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS parties_cache_expires ON parties_cache (expires);
"""

# The trigger is called append_only: pharmatrace/grants.py takes UPDATE and DELETE from the application's role
# wherever there is one of that name.
DEEDS = """
CREATE FUNCTION parties_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The table % is append-only: % is refused. What was done stays as it was.',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON parties_deed
    FOR EACH ROW EXECUTE FUNCTION parties_refuse_change();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON parties_deed
    FOR EACH STATEMENT EXECUTE FUNCTION parties_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("parties", "0006_accounts_and_deeds")]

    operations = [
        migrations.RunSQL(CACHE, "DROP TABLE parties_cache"),
        migrations.RunSQL(
            DEEDS,
            "DROP TRIGGER append_only ON parties_deed; DROP TRIGGER append_only_whole ON parties_deed;"
            "DROP FUNCTION parties_refuse_change();",
        ),
    ]
