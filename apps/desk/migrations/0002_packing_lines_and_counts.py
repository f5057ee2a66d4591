from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_leaflets'),
        ('desk', '0001_scan_sessions_and_orders'),
        ('parties', '0008_where_sites_are'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BatchCount',
            fields=[
                ('batch', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='counted', serialize=False, to='catalog.batch')),
                ('packs', models.PositiveIntegerField()),
                ('counted_at', models.DateTimeField()),
                ('took_ms', models.PositiveIntegerField()),
                ('newest_event_id', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='PackingLine',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('size', models.PositiveIntegerField()),
                ('label', models.CharField(choices=[('pdf', 'Pdf'), ('zpl', 'Zpl'), ('none', 'None')], default='pdf', max_length=4)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.batch')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.site')),
            ],
        ),
        migrations.CreateModel(
            name='LineCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='line_case', to='desk.scansession')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cases', to='desk.packingline')),
            ],
        ),
        migrations.CreateModel(
            name='PlaceCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('country', models.CharField(max_length=2)),
                ('here', models.PositiveIntegerField()),
                ('coming', models.PositiveIntegerField()),
                ('gone', models.PositiveIntegerField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='catalog.batch')),
            ],
        ),
        migrations.AddIndex(
            model_name='packingline',
            index=models.Index(fields=['site', '-opened_at'], name='packing_line_newest'),
        ),
        migrations.AddConstraint(
            model_name='packingline',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='packing_line_fills_cases'),
        ),
        migrations.AddConstraint(
            model_name='linecase',
            constraint=models.UniqueConstraint(fields=('line', 'number'), name='line_case_once_per_number'),
        ),
        migrations.AddConstraint(
            model_name='placecount',
            constraint=models.UniqueConstraint(fields=('batch', 'kind', 'country'), name='place_counted_once_per_batch'),
        ),
    ]
