from __future__ import annotations

from datetime import datetime

from apps.parties.models import Scanner


def retire_scanner(*, scanner: Scanner, at: datetime) -> None:
    """It is used no more; devices that remember it read without it. Retiring twice changes nothing."""
    Scanner.objects.filter(pk=scanner.pk, retired_at=None).update(retired_at=at)
