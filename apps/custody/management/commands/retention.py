"""`manage.py retention`: erases what has been kept for as long as the law asks, and longer than you want it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.custody.retention import KEPT_AT_LEAST, outlived
from apps.custody.services.erase_event import erase_event
from pharmatrace.kernel.refusal import Refused
from pharmatrace.ownership import as_owner


class Command(BaseCommand):
    help = (
        "Erases events that are older than so many days. Never those of less than six years, nor those about a"
        " batch that expired less than a year ago, nor, unless you say so, those that belong to the history of a pack"
        " which is still in circulation. Runs as the owner of the tables."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=int, required=True, metavar="DAYS")
        parser.add_argument(
            "--even-in-circulation",
            action="store_true",
            help="also where a pack was neither supplied nor exported, taken as a sample, destroyed or decommissioned",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--ground", default="retention period over")
        parser.add_argument("--by", default="manage.py retention")

    def handle(self, *args: Any, **options: Any) -> None:
        least = KEPT_AT_LEAST.days
        if not least <= options["older_than"] <= 36_525:
            raise CommandError(
                f"The law asks to keep what was recorded for six years: {least} days at least"
                " (docs/erasure.md), and no more than a century is meant."
            )
        now = timezone.now()
        before = now - timedelta(days=options["older_than"])
        count = stay = 0
        with as_owner():
            for one in outlived(before=before, now=now):
                if one.circulating and not options["even_in_circulation"]:
                    stay += 1
                elif options["dry_run"]:
                    count += 1
                    self.stdout.write(
                        f"event {one.id}, recorded {one.recorded_at.date()}, {one.packages} packages"
                    )
                else:
                    count += self._erase(one.id, options)
        verb = "would be erased" if options["dry_run"] else "erased"
        self.stdout.write(f"{count:,} events recorded before {before.date()}: {verb}.")
        if stay:
            self.stdout.write(
                f"{stay:,} more are as old and stay: packs of theirs are still in circulation"
                " (--even-in-circulation)."
            )

    def _erase(self, id: int, options: dict[str, Any]) -> bool:
        """False where it went with an earlier one: an event and its declaration go together."""
        try:
            erase_event(event_id=id, ground=options["ground"], by=options["by"], at=timezone.now())
        except Refused as refused:
            if refused.codes == ("unknown_event",):
                return False
            self.stderr.write(f"event {id} stays: {refused}")
            return False
        return True
