"""`manage.py recover`: what happened to the log, who knows what, and the way out. It never forks a log."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.ledger.guard import SealingStopped
from apps.ledger.models import Checkpoint, Head
from apps.ledger.recovering import Trouble, known, troubles
from apps.ledger.services.freeze_log import freeze_log
from apps.ledger.services.seal import seal
from pharmatrace.asking import confirmed
from pharmatrace.kernel.refusal import Refused
from pharmatrace.ownership import as_owner


class Command(BaseCommand):
    help = (
        "Says in plain words what the database, the keys and the evidence outside know of the log, and what to do."
        " Does only what is confirmed. Exit status 1 while something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="confirm what is asked, for scripts")
        parser.add_argument(
            "--freeze",
            metavar="REASON",
            help="end this log for good, with its newest checkpoint as the final one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Who knows what:")
        for line in known():
            self.stdout.write(f"  {line}")
        if options["freeze"] is not None:
            self._freeze(options["freeze"], yes=options["yes"])
            return
        found = troubles()
        for one in found:
            self.stdout.write(f"\n{one.code}: {one.sentence}\n  What to do: {one.advice}")
        if not found:
            self.stdout.write("\nNothing is wrong: the sealer goes on.")
        elif [one.remedy for one in found] == ["sign"]:
            self._sign(found[0], yes=options["yes"])
        else:
            sys.exit(1)

    def _sign(self, trouble: Trouble, *, yes: bool) -> None:
        if not (yes or confirmed("Sign the checkpoint of what is committed?")):
            sys.exit(1)
        try:
            seal(at=timezone.now())
        except SealingStopped as stopped:
            raise CommandError(str(stopped)) from None
        newest = Checkpoint.objects.order_by("-size")[0]
        self.stdout.write(f"Signed and published: {newest.size:,} entries.")

    def _freeze(self, reason: str, *, yes: bool) -> None:
        origin = Head.objects.values_list("origin", flat=True).first()
        question = f"End the log {origin} for good? Nothing is ever sealed into it again."
        if not (yes or confirmed(question)):
            raise CommandError("Nothing was changed.")
        try:
            with as_owner():  # web, worker and beat may not end a log
                ended = freeze_log(reason=reason, at=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused)) from None
        note = Checkpoint.objects.get(size=ended.size).note
        self.stdout.write(f"The log {ended}. Its final checkpoint:\n\n{note}")
        self.stdout.write(
            "Keep it: publish it, give it to the witnesses, and name the file that holds it in"
            " LOG_PREDECESSOR_FILE of the successor."
        )
