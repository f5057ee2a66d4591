from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("parties", "0004_reports_of_stolen_keys")]

    operations = [
        migrations.CreateModel(
            name="SsccSeries",
            fields=[
                ("pk", models.CompositePrimaryKey("organisation_id", "prefix", blank=True, editable=False, primary_key=True, serialize=False)),
                ("prefix", models.CharField(max_length=12)),
                ("given", models.PositiveBigIntegerField(default=0)),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.organisation")),
            ],
        ),
    ]
