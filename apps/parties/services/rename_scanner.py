from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.parties import deeds
from apps.parties.checking import checked_text
from apps.parties.models import Scanner
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def rename_scanner(*, scanner: Scanner, name: str, at: datetime) -> Scanner:
    """Another name; what was learned of it stays. Raises Refused: `scanner_name_taken`, `missing`, `too_long`."""
    row = Scanner.objects.select_for_update().get(pk=scanner.pk)
    before, row.name = row.name, checked_text(name, field="name", most=60)
    if row.name == before:
        return row
    try:
        with transaction.atomic():
            row.save(update_fields=["name"])
    except IntegrityError as error:
        raise Refused.one(
            "scanner_name_taken",
            f"There is a scanner called {row.name} there already. Choose another name.",
            field="name",
        ) from error
    deeds.record(
        deeds.Action.SCANNER_CHANGED,
        f"{before} → {row.name}",
        organisation_id=row.organisation_id,
        at=at,
        id=row.pk,
    )
    return row
