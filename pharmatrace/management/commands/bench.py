"""`manage.py bench`: how fast the real thing is here, beside what this machine could do at best."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pharmatrace.bench import (
    auditing,
    capture_http,
    commission,
    hand_over,
    machine,
    pages,
    reading_epcis,
    recalling,
    report,
    sealing,
    verify,
)
from pharmatrace.bench.figures import Figure
from pharmatrace.bench.ground import Ground
from pharmatrace.bench.installation import run_again_privately, throw_away
from pharmatrace.launch import prepare, private_database, stopped_by_sigterm

MEASUREMENTS: dict[str, Callable[[Ground], Iterator[Figure]]] = {
    "commission": commission.measure,
    "verify": verify.measure,
    "capture": capture_http.measure,
    "hand_over": hand_over.measure,
    "seal": sealing.measure,
    "audit": auditing.measure,
    "recall": recalling.measure,
    "epcis": reading_epcis.measure,
    "pages": pages.measure,
}


class Command(BaseCommand):
    help = "Measures the work against the limits of this machine, on a database of its own."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="figures as JSON")
        parser.add_argument("--only", action="append", choices=list(MEASUREMENTS), metavar="NAME")
        parser.add_argument("--scale", type=float, default=1.0, help="0.1 does a tenth of the work")
        parser.add_argument("--packs", type=int, default=1_000_000, help="packs to verify among")
        parser.add_argument("--write", type=Path, metavar="FILE", help="write the table to FILE")

    def handle(
        self,
        *args: Any,
        json: bool,
        only: list[str] | None,
        scale: float,
        packs: int,
        write: Path | None,
        **options: Any,
    ) -> None:
        run_again_privately()
        figures: list[Figure] = []
        try:
            with stopped_by_sigterm(), private_database():
                prepare(self.say)
                about = machine.describe()
                for figure in self.measure(only or list(MEASUREMENTS), scale, packs):
                    figures.append(figure)
                    self.say(report.as_text([figure]))
        finally:
            throw_away()
        if json:
            self.stdout.write(_dumped(report.as_json(figures, about)))
        if write:
            old = write.read_text() if write.exists() else ""
            write.write_text(
                report.as_markdown(
                    figures, about, command=_command(), on=timezone.now().date(), old=old
                )
            )

    def measure(self, names: list[str], scale: float, packs: int) -> Iterator[Figure]:
        ground = Ground(scale=scale, packs=packs, say=self.say)
        try:
            for name, measurement in MEASUREMENTS.items():
                if name in names:
                    yield from measurement(ground)
        finally:
            ground.close()

    def say(self, line: str) -> None:
        """What happens goes to standard error, so that --json can be piped."""
        self.stderr.write(line, style_func=str)


def _dumped(figures: dict[str, Any]) -> str:
    return json.dumps(figures, indent=2, ensure_ascii=False)


def _command() -> str:
    words = [word for word in sys.argv[1:] if not word.startswith("--write")]
    return "manage.py " + " ".join(word for word in words if not word.endswith(".md"))
