from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.exchange.intake.columns import TEMPLATES
from apps.exchange.intake.templates import FORMS, template


class Command(BaseCommand):
    help = (
        "Makes an empty table to fill in, for `manage.py import` and the watched folder: "
        + "; ".join(f"{one.kind} ({one.purpose.rstrip('.')})" for one in TEMPLATES.values())
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(TEMPLATES))
        parser.add_argument("--format", choices=list(FORMS), default="xlsx", dest="form")
        parser.add_argument("--out", type=Path, help="default: <kind>.<format> in this folder")

    def handle(self, *, kind: str, form: str, out: Path | None, **options: Any) -> None:
        path = out or Path(f"{kind}.{form}")
        try:
            with path.open("xb") as file:
                file.write(template(kind, form))
        except FileExistsError:
            raise CommandError(f"{path} is there already; it may be filled in.") from None
        self.stdout.write(f"{path}")
