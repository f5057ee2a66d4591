"""What is kept of strangers is kept for a while only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from apps.safety.models import LookMark, ReportContact, ReportTry

LONGEST = timedelta(days=365)
"""However long a report stays open, its contact goes after a year."""


def forget_contacts(*, at: datetime, days: int | None = None) -> int:
    """Deletes how to reach people whose report was closed `days` ago (settings.CONTACT_DAYS), and every contact that is a
    year old; returns how many. The reports stay."""
    closed = at - timedelta(days=settings.CONTACT_DAYS if days is None else days)
    gone, _ = ReportContact.objects.filter(
        Q(report__alert__closed_at__lte=closed) | Q(report__reported_at__lte=at - LONGEST)
    ).delete()
    return gone


def sweep(*, at: datetime) -> None:
    """What the hourly doorbell does."""
    forget_contacts(at=at)
    ReportTry.objects.filter(hour__lt=at - timedelta(hours=1)).delete()
    LookMark.objects.filter(day__lt=at.astimezone(UTC).date()).delete()
