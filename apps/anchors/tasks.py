"""The doorbells of the anchors."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.anchors.services import sweep
from apps.anchors.telling import tell


@shared_task(name="anchors.sweep")
def sweep_checkpoints() -> None:
    """The journal. Runs beside the sealer."""
    sweep(at=timezone.now())


@shared_task(name="anchors.tell")
def tell_outside() -> None:
    """Everybody else. Runs where jobs do: whoever is asked may be slow."""
    tell(at=timezone.now())
