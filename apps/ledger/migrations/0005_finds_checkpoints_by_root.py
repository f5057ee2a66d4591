from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_receipt_signatures")]

    operations = [
        migrations.AddIndex(
            model_name="checkpoint",
            index=models.Index(fields=["root"], name="checkpoint_by_root"),
        ),
    ]
