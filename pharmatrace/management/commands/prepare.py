from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pharmatrace import launch


class Command(BaseCommand):
    help = (
        "Make ready for the first request, once per release: tables, rights, the log, static files."
    )

    def handle(self, **options: Any) -> None:
        try:
            launch.prepare(self.stdout.write)
        except launch.CannotStart as problem:
            raise CommandError(str(problem)) from None
