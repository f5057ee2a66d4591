"""Counts of what is on its way, so that lists of deliveries do not count packages; and one delivery's packages in order."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

COUNT = """
INSERT INTO custody_underway (custodian_id, consignee_id, shipment, shipped_at, packages)
SELECT p.custodian_id, p.consignee_id, coalesce(sent.id, 0), p.status_at, count(*)
FROM custody_package p LEFT JOIN LATERAL (
  SELECT e.id FROM custody_packageevent h JOIN custody_custodyevent e ON e.id = h.event_id
  WHERE h.package_id = p.id AND e.kind IN ('ship', 'return') AND NOT EXISTS (
    SELECT FROM custody_custodyevent w
    WHERE w.hash = e.hash AND w.kind = 'declare_error' AND w.package_count > 0)
  ORDER BY h.seq DESC LIMIT 1
) sent ON true
WHERE p.consignee_id IS NOT NULL GROUP BY 1, 2, 3, 4
"""


class Migration(migrations.Migration):

    dependencies = [
        ('custody', '0007_shelves_are_read_in_order'),
        ('parties', '0008_where_sites_are'),
    ]

    operations = [
        migrations.CreateModel(
            name='Underway',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('shipment', models.BigIntegerField()),
                ('shipped_at', models.DateTimeField()),
                ('packages', models.BigIntegerField()),
                ('consignee', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
                ('custodian', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.organisation')),
            ],
            options={
                'indexes': [
                    models.Index(fields=['consignee', 'shipment'], name='underway_consignee'),
                    models.Index(fields=['custodian'], name='underway_custodian'),
                    models.Index(condition=models.Q(('packages__lt', 0)), fields=['id'], name='underway_to_settle'),
                ],
            },
        ),
        migrations.RemoveIndex(
            model_name='package',
            name='package_consignee',
        ),
        migrations.AddIndex(
            model_name='package',
            index=models.Index(condition=models.Q(('consignee__isnull', False)), fields=['consignee', 'custodian', 'level', 'status_at', 'id'], name='package_consignee'),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
