"""The doorbell of parties (DESIGN §7)."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.parties import forgetting


@shared_task(name="parties.sweep", ignore_result=True)
def sweep() -> None:
    """Clears away what signing in and inviting leave behind."""
    forgetting.sweep(at=timezone.now())
