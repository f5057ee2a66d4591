"""The desk's doorbell: where packs are and who holds how many is counted again."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from apps.desk.holdings import count_holdings_due
from apps.desk.whereabouts.counting import count_due

AT_MOST = 2.0  # seconds for each


@shared_task(name="desk.count", ignore_result=True)
def count() -> None:
    count_holdings_due(at=timezone.now(), seconds=AT_MOST)  # somebody may be waiting for it
    count_due(at=timezone.now(), seconds=AT_MOST)
