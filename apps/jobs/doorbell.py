"""Tells a worker that there is work. A lost ring costs time only: beat rings again."""

from __future__ import annotations

from celery import current_app
from django.db import transaction

TASK = "jobs.run"


def ring() -> None:
    """Rings when the current transaction has committed; at once without one.

    `robust`: a broker that is down must not fail a request whose work is already stored.
    """
    transaction.on_commit(_send, robust=True)


def _send() -> None:
    current_app.send_task(TASK, ignore_result=True)
