"""A reload is a look and no visit. What was counted before has no visits of its own: it counts as it did."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("safety", "0006_open_alerts_by_package"),
    ]

    operations = [
        migrations.CreateModel(
            name="LookMark",
            fields=[
                ("pk", models.CompositePrimaryKey("day", "mark", blank=True, editable=False, primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("mark", models.BinaryField(max_length=16)),
            ],
        ),
        migrations.AddField(
            model_name="publiclook",
            name="visits",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL("UPDATE safety_publiclook SET visits = looks", migrations.RunSQL.noop),
    ]
