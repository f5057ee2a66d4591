"""`manage.py audit`: is everything that was recorded still there, and still the same?"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.ledger.audits import audit, checks
from apps.ledger.models import Head


class Command(BaseCommand):
    help = "Checks the log, the statements and what the other floors added. Exit status 1 on any finding."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        head = Head.objects.first()
        size = head.size if head else 0
        findings = []
        for check, finding in audit():
            findings.append({"check": check, "place": finding.place, "sentence": finding.sentence})
            if not options["json"]:
                self.stdout.write(f"{finding.place}: {finding.sentence}  [{check}]")
        if options["json"]:
            told = {"entries": size, "checks": list(checks()), "findings": findings}
            self.stdout.write(json.dumps(told, indent=2))
        elif not findings:
            self.stdout.write(f"{size:,} entries, {len(checks())} checks: all as it was recorded.")
        if findings:
            if not options["json"]:
                self.stdout.write(f"{len(findings)} findings.")
            sys.exit(1)
