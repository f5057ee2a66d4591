from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from apps.ledger.append_only import protect


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_ends_of_logs")]

    operations = [
        migrations.CreateModel(
            name="LogKeyChange",
            fields=[
                (
                    "statement",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="ledger.statement",
                    ),
                ),
            ],
        ),
        protect("ledger_logkeychange"),
    ]
