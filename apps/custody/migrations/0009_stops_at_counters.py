"""Stops at counters are rows: no device of the pharmacy hands the pack out until somebody has answered."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0008_counts_what_is_on_its_way'),
        ('parties', '0009_saved_filters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Stop',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('package_id', models.UUIDField()),
                ('package_path', models.CharField(max_length=90)),
                ('findings', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('refusals', models.JSONField()),
                ('compared', models.JSONField(default=list)),
                ('stopped_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['organisation', '-stopped_at'], name='stop_standing')],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('package_id', 'organisation'), name='stop_stands_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='stop_stands_or_somebody_answered'),
                ],
            },
        ),
    ]
