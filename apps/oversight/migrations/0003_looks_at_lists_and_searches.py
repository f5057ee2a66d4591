"""A list on a page and a search are looks at protected data too. Nothing changes in the database."""

from __future__ import annotations

from django.db import migrations, models

KINDS = [
    ("package", "History of a package"),
    ("event", "Event"),
    ("organisation", "Organisation"),
    ("recall", "Reach of a recall"),
    ("shipment", "Shipment"),
    ("evidence", "Evidence"),
    ("export", "Exported list"),
    ("case", "Exported case file"),
    ("query", "Question by a machine"),
    ("list", "List on a page"),
    ("search", "Search"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("oversight", "0002_finds_by_name_lot_and_number"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accessrecord",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12),
        ),
    ]
