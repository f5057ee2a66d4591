"""What the search asks tables of other floors for. Packages need no index here: their ids are computed."""

from __future__ import annotations

from django.db import migrations

INDEXES = {
    "search_organisation": "parties_organisation USING gin (to_tsvector('simple', name))",
    "search_site": "parties_site USING gin (to_tsvector('simple', name || ' ' || city))",
    "search_product": "catalog_product USING gin (to_tsvector('simple', name || ' ' || strength))",
    "search_lot": "catalog_batch (lower(lot) text_pattern_ops, id)",
    "search_reference":
        "custody_custodyevent (lower(substring(reference from '[^:]*$')), id) WHERE reference <> ''",
}


class Migration(migrations.Migration):

    dependencies = [
        ("oversight", "0001_case_files_and_looks"),
        ("catalog", "0001_products_and_batches"),
    ]

    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}")
        for name, what in INDEXES.items()
    ]
