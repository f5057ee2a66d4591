"""`manage.py erase EVENT`: what one event said is deleted for good; hashes, entry and chain stay."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.custody.services.erase_event import erase_event
from pharmatrace.asking import confirmed
from pharmatrace.kernel.refusal import Refused
from pharmatrace.ownership import as_owner


class Command(BaseCommand):
    help = (
        "Deletes what an event said, as a privacy law may ask for. It cannot be undone. Backups and bundles that"
        " were given out still have it. Runs as the owner of the tables."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("event", type=int, help="its number, as on its page: /events/NUMBER")
        parser.add_argument("--ground", required=True, help="the law; everybody can read it")
        parser.add_argument("--by", required=True, help="who decided it")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        question = f"Delete for good what event {options['event']} said?"
        if not (options["yes"] or confirmed(question)):
            raise CommandError("Nothing was erased.")
        try:
            with as_owner():
                done = erase_event(
                    event_id=options["event"],
                    ground=options["ground"],
                    by=options["by"],
                    at=timezone.now(),
                )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        told = ", ".join(str(one.statement_id) for one in done)
        self.stdout.write(
            f"Erased: event {options['event']}, statement {told}. The log tells that it was, not what it said."
        )
