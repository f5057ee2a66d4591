"""The Celery application: `celery -A pharmatrace.celery worker`.

A task is a doorbell that says "look for work"; the rows are the truth (DESIGN §7). So there is no result
backend, and a lost message costs latency only: beat rings again.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from pharmatrace import doorbells

doorbells.use()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pharmatrace.settings")

app = Celery("pharmatrace")
app.set_default()  # for every thread; "current" is a word for one thread only
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_django_logging(**_: Any) -> None:
    """Connecting here stops Celery from replacing the log format of settings.LOGGING."""
    from logging.config import dictConfig

    from django.conf import settings

    dictConfig(settings.LOGGING)


@app.on_after_configure.connect
def make_broker_folders(sender: Celery, **_: Any) -> None:
    """The filesystem transport does not create the folders it writes to."""
    if not str(sender.conf.broker_url).startswith("filesystem:"):
        return
    for option in ("data_folder_in", "data_folder_out", "control_folder"):
        Path(sender.conf.broker_transport_options[option]).mkdir(
            mode=0o700, parents=True, exist_ok=True
        )
