"""The index of whose packages are where also holds when, so that a shelf is read newest first without sorting it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0006_writes_each_key_once'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='package',
            name='package_custodian',
        ),
        migrations.AddIndex(
            model_name='package',
            index=models.Index(condition=models.Q(('parent__isnull', True)), fields=['custodian', 'status', 'level', 'status_at', 'id'], name='package_custodian'),
        ),
    ]
