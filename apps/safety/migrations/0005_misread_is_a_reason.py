"""A stop may be answered as a misread. Nothing changes in the database."""

from __future__ import annotations

from django.db import migrations, models

REASONS = [
    ("quarantined", "Put apart, in quarantine"),
    ("told_maker", "Maker or supplier told"),
    ("told_authority", "Authority told"),
    ("sent_back", "Goes back to the supplier"),
    ("received_first", "Its delivery is received first"),
    ("scanned_twice", "Scanned twice by mistake"),
    ("misread", "Misread: scanned again, label and record agree"),
    ("not_collected", "Not collected, never left the counter"),
    ("wrong_pack", "The wrong pack was scanned"),
    ("changed", "The prescription was changed"),
    ("other", "Something else"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("safety", "0004_who_closed_alerts_and_why"),
    ]

    operations = [
        migrations.AlterField(
            model_name="explanation",
            name="reason",
            field=models.CharField(choices=REASONS, max_length=16),
        ),
    ]
