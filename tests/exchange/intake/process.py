"""A process of its own for tests that kill it: runs one command of manage.py in the database it is told.

Run as `python -m tests.exchange.intake.process <settings as JSON> <command> <argument>…`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django
from django.conf import settings


def main(told: str, command: str, *arguments: str) -> None:
    given = json.loads(told)
    settings.DATABASES["default"]["NAME"] = given.pop("database")
    for name, value in given.items():
        setattr(settings, name, Path(value))
    django.setup()
    from django.core.management import call_command

    call_command(command, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
