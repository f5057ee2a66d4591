"""A worker process for tests that kill it: runs job steps and seals in the database it is told, until idle.

Run as `python -m tests.custody.worker <database name> <log key file> <journal file>`; prints a line after
each step and each seal.
"""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings


def main(database: str, log_key: str, journal: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.LOG_KEY_FILE, settings.JOURNAL_FILE = Path(log_key), Path(journal)
    django.setup()
    from django.utils import timezone

    from apps.jobs.services import run_one_step
    from apps.ledger.services import seal

    while True:
        stepped = run_one_step(at=timezone.now())
        print("step", flush=True)
        sealed = seal(at=timezone.now(), limit=3)
        print("seal", flush=True)
        if not stepped and sealed is None:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
