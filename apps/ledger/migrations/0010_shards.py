"""The log in shards. What there is becomes the first one, unchanged."""

from __future__ import annotations

from django.db import migrations, models

from apps.ledger.append_only import protect, turns

TILES = """
ALTER TABLE ledger_tile ADD COLUMN "first" bigint NOT NULL DEFAULT 0;
ALTER TABLE ledger_tile DROP CONSTRAINT ledger_tile_pkey;
ALTER TABLE ledger_tile ADD PRIMARY KEY ("first", level, "index");
"""

NO_TILES = """
ALTER TABLE ledger_tile DROP CONSTRAINT ledger_tile_pkey;
ALTER TABLE ledger_tile ADD PRIMARY KEY (level, "index");
ALTER TABLE ledger_tile DROP COLUMN "first";
"""

FIRST_SHARD = """
INSERT INTO ledger_shard (number, name, origin, "first", opened_at)
SELECT 0, 0, h.origin, 0, coalesce((SELECT min(signed_at) FROM ledger_checkpoint), h.advanced_at) FROM ledger_head h
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0009_log_key_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Shard",
            fields=[
                ("number", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("name", models.PositiveIntegerField(unique=True)),
                ("origin", models.CharField(max_length=200, unique=True)),
                ("first", models.BigIntegerField(unique=True)),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first", 0), ("number", 0))
                        | models.Q(("first__gt", 0), ("number__gt", 0)),
                        name="the_first_shard_begins_at_0",
                    )
                ],
            },
        ),
        migrations.AddField("head", "first", models.BigIntegerField(default=0)),
        migrations.AddField("checkpoint", "first", models.BigIntegerField(default=0)),
        migrations.AddIndex(
            "checkpoint", models.Index(fields=["first", "size"], name="checkpoint_by_shard")
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TILES, NO_TILES)],
            state_operations=[
                migrations.AddField("tile", "first", models.BigIntegerField(default=0)),
                migrations.AlterField(
                    "tile",
                    "pk",
                    models.CompositePrimaryKey(
                        "first", "level", "index", blank=True, editable=False,
                        primary_key=True, serialize=False,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(FIRST_SHARD, migrations.RunSQL.noop),
        protect("ledger_shard"),
        turns(),
    ]  # fmt: skip
