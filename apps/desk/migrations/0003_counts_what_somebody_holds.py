from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_leaflets'),
        ('desk', '0002_packing_lines_and_counts'),
        ('parties', '0008_where_sites_are'),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldingsCount',
            fields=[
                ('organisation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='parties.organisation')),
                ('packs', models.PositiveIntegerField(default=0)),
                ('counted_at', models.DateTimeField(null=True)),
                ('took_ms', models.PositiveIntegerField(default=0)),
                ('newest_event_id', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='HeldLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('packs', models.PositiveIntegerField()),
                ('locked', models.PositiveIntegerField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalog.batch')),
                ('counted', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lots', to='desk.holdingscount')),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('counted', 'batch'), name='lot_counted_once_per_holder'),
                ],
            },
        ),
    ]
