"""Products, reports of the public and what machines are told are looks too. Nothing changes in the database."""

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
    ("catalog", "Product or batch"),
    ("report", "Report of the public"),
    ("delivery", "Report to a machine"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("oversight", "0003_looks_at_lists_and_searches"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accessrecord",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=12),
        ),
    ]
