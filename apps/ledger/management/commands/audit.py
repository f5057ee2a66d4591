"""`manage.py audit`: is everything that was recorded still there, and still the same?"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from apps.ledger.audits import Finding, checks
from apps.ledger.services.run_audit import run_audit


class Command(BaseCommand):
    help = (
        "Checks the log, the statements and what the other floors added: entries, events, chains and states."
        " Exit status 1 on any finding."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument(
            "--since-last",
            action="store_true",
            help="only what was recorded since the last audit without findings",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        findings: list[dict[str, str]] = []

        def tell(check: str, finding: Finding) -> None:
            findings.append({"check": check, "place": finding.place, "sentence": finding.sentence})
            if not options["json"]:
                self.stdout.write(f"{finding.place}: {finding.sentence}  [{check}]")

        run = run_audit(
            since_last=options["since_last"], at=timezone.now(), now=timezone.now, tell=tell
        )
        if options["json"]:
            told = {
                "entries": run.size,
                "first": run.first,
                "checks": list(checks()),
                "findings": findings,
            }
            self.stdout.write(json.dumps(told, indent=2))
        elif not findings:
            since = f" from entry {run.first:,} on" if run.first else ""
            self.stdout.write(
                f"{run.size:,} entries{since}, {len(checks())} checks: all as it was recorded."
            )
        if findings:
            if not options["json"]:
                self.stdout.write(f"{len(findings)} findings.")
            sys.exit(1)
