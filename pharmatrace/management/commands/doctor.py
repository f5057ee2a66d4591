from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pharmatrace import diagnosis

MARKS = {
    diagnosis.Level.GOOD: "ok     ",
    diagnosis.Level.HINT: "hint   ",
    diagnosis.Level.WRONG: "WRONG  ",
}


class Command(BaseCommand):
    help = "Say in plain words what is missing or wrong. Exit status 0 if nothing is wrong."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        findings = diagnosis.examine()
        for finding in findings:
            self.stdout.write(MARKS[finding.level] + finding.sentence)
        wrong = sum(finding.level is diagnosis.Level.WRONG for finding in findings)
        if wrong:
            self.stdout.write(f"\n{wrong} thing{'s' * (wrong > 1)} to put right.")
            raise SystemExit(1)
        self.stdout.write("\nNothing is wrong.")
