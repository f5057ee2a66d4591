from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_jobs_as_rows")]

    operations = [
        migrations.AddField("job", "paced_at", models.DateTimeField(null=True)),
        migrations.AddField("job", "paced_done", models.PositiveIntegerField(default=0)),
    ]
