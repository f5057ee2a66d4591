"""The doorbell of the anchors."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.anchors.services import sweep


@shared_task(name="anchors.sweep")
def sweep_checkpoints() -> None:
    sweep(at=timezone.now())
