"""The doorbell of safety (DESIGN §7)."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.safety import forgetting


@shared_task(name="safety.sweep", ignore_result=True)
def sweep() -> None:
    """Forgets what was to be kept for a while only."""
    forgetting.sweep(at=timezone.now())
