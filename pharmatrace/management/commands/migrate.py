from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate

from pharmatrace.ownership import as_owner


class Command(migrate.Command):
    help = (
        migrate.Command.help
        + " Runs as the owner of the tables, then grants the application its rights."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
        if not (options.get("plan") or options.get("check_unapplied")):
            call_command("grant", verbosity=options["verbosity"])
