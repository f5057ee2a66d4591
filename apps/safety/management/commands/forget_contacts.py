"""`manage.py forget_contacts [--days N]`: deletes contacts of people whose reports are closed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from apps.safety.forgetting import forget_contacts


class Command(BaseCommand):
    help = "Deletes how to reach people whose report was closed some days ago. Reports stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="instead of CONTACT_DAYS; 0: every closed one")

    def handle(self, *args: Any, **options: Any) -> None:
        gone = forget_contacts(at=timezone.now(), days=options["days"])
        self.stdout.write(f"{gone} contacts were deleted.")
