from __future__ import annotations

from django.db import migrations

from apps.ledger.append_only import functions, head_grows, protect


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_keeps_statements_and_the_log")]

    operations = [
        functions(),
        protect("ledger_statement"),
        protect("ledger_statementsecret"),
        protect("ledger_registrystatement"),
        protect("ledger_entry"),
        protect("ledger_tile"),
        protect("ledger_checkpoint"),
        head_grows(),
    ]
