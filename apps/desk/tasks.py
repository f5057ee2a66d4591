"""The desk's doorbell: where packs are is counted again."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.desk.whereabouts.counting import count_due

AT_MOST = 2.0  # seconds


@shared_task(name="desk.count", ignore_result=True)
def count() -> None:
    count_due(at=timezone.now(), seconds=AT_MOST)
