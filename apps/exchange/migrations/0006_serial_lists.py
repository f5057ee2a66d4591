from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_products_and_batches'),
        ('exchange', '0005_pauses_subscriptions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SerialList',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('reading', 'Reading'), ('ready', 'Ready'), ('refused', 'Refused'), ('started', 'Started'), ('discarded', 'Discarded')], max_length=9)),
                ('file_name', models.CharField(blank=True, max_length=200)),
                ('alphabet', models.CharField(blank=True, max_length=8)),
                ('length', models.PositiveSmallIntegerField(default=0)),
                ('secret', models.BinaryField(default=b'', max_length=32)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('good', models.PositiveIntegerField(default=0)),
                ('bad', models.PositiveIntegerField(default=0)),
                ('serials', models.BinaryField(default=b'')),
                ('problems', models.JSONField(default=list)),
                ('job_id', models.UUIDField(null=True)),
                ('created_at', models.DateTimeField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='serial_lists', to='catalog.batch')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
                'constraints': [models.UniqueConstraint(fields=('batch', 'owner', 'created_at', 'fingerprint'), name='serial_list_once_per_form')],
            },
        ),
    ]
