from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.exchange.intake.acknowledging import Acknowledged
from apps.exchange.intake.importing import Imports
from apps.exchange.intake.opening import shown_name
from apps.exchange.intake.sender import sender_of
from apps.exchange.intake.work import Busy
from pharmatrace.kernel.refusal import Refused


class Command(BaseCommand):
    help = (
        "Records what EPCIS files (JSON, XML) and tables (CSV, XLSX) say, and writes <name>.ack.json for each. Exit "
        "status 1 if anything was refused. After a crash, the same command goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--as", required=True, dest="email", help="e-mail address of the member"
        )
        parser.add_argument("--organisation", required=True, metavar="GLN")
        parser.add_argument("--zone", default="", help="zone of times without one: Europe/Lisbon")
        parser.add_argument(
            "--all-or-nothing", action="store_true", dest="together",
            help="one refusal, and nothing of the file is recorded",
        )  # fmt: skip
        parser.add_argument(
            "--ack",
            type=Path,
            metavar="FOLDER",
            help="for the acknowledgements (default: beside each file)",
        )

    def handle(self, **options: Any) -> None:
        try:
            sender = sender_of(
                email=options["email"], gln=options["organisation"], zone=options["zone"],
                together=options["together"],
            )  # fmt: skip
        except Refused as refused:
            raise CommandError(str(refused)) from None
        imports = Imports(sender=sender, clock=timezone.now, told=self.progress)
        good = True
        for path in options["paths"]:
            try:
                done = imports.run(path, folder=options["ack"] or path.parent)
            except Busy:
                raise CommandError(f"{shown_name(str(path))} is being imported already.") from None
            except (Refused, OSError) as problem:
                self.stderr.write(f"{shown_name(str(path))}: {problem}")
                good = False
                continue
            good = good and done.outcome == "recorded"
            self.stdout.write(sentence(path, done))
        if not good:
            raise SystemExit(1)

    def progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if done == total else ""
            self.stderr.write(f"\r{done:,} of {total:,}", ending=end)
            self.stderr.flush()


def sentence(path: Path, done: Acknowledged) -> str:
    """What became of a file, in one line."""
    counts = ", ".join(f"{count:,} {fate}" for fate, count in sorted(done.totals.items()))
    reasons = " ".join(str(one["sentence"]) for one in done.reasons)
    return f"{shown_name(path.name)}: {counts or reasons} ({shown_name(str(done.path))})"
