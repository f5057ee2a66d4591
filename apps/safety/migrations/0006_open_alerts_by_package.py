"""Whether somebody was told of a pack already is found by the pack."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("safety", "0005_misread_is_a_reason"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("package_id__isnull", False)),
                fields=["package_id"],
                name="alert_of_package",
            ),
        ),
    ]
