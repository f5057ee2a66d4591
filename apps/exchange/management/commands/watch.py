from __future__ import annotations

import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from apps.exchange.intake.acknowledging import Acknowledged
from apps.exchange.intake.inboxes import inboxes_in
from apps.exchange.intake.watching import SETTLE, Watch
from pharmatrace.kernel.refusal import Refused

EVERY = 2.0  # seconds


class Command(BaseCommand):
    help = (
        "Watches the inbox (PHARMATRACE_INBOX): takes complete files, has the workers record them, acknowledges. "
        "`manage.py inbox` sets folders up; docs/files.md tells the conventions."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--inbox", type=Path, default=settings.INBOX_DIR)
        parser.add_argument(
            "--settle", type=float, default=SETTLE.total_seconds(), metavar="SECONDS",
            help="a file that has not changed for so long is complete",
        )  # fmt: skip
        parser.add_argument("--alive", type=Path, metavar="FILE", help="touched at every look")
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(
        self, *, inbox: Path | None, settle: float, once: bool, alive: Path | None, **options: Any
    ) -> None:
        if inbox is None:
            raise CommandError("Which folder? Set PHARMATRACE_INBOX, or give --inbox.")
        inbox.mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGTERM, stop)
        watches: dict[str, Watch] = {}
        said: dict[str, str] = {}
        while True:
            self.look(inbox, watches, said, settle=timedelta(seconds=settle))
            if alive is not None:
                alive.touch()
            if once:
                return
            time.sleep(EVERY)

    def look(
        self, root: Path, watches: dict[str, Watch], said: dict[str, str], *, settle: timedelta
    ) -> None:
        """One look at every folder. What is wrong with one is said once, and does not stop the others."""
        try:
            found = {inbox.gln: inbox for inbox in inboxes_in(root)}
            self.say_once(said, "", "")
        except Refused as refused:
            self.say_once(said, "", str(refused))
            return
        for gln, inbox in found.items():
            watch = watches.get(gln)
            if watch is None or watch.inbox != inbox:
                watch = watches[gln] = Watch(inbox, settle)
            try:
                watch.look(at=timezone.now(), told=self.tell)
                self.say_once(said, gln, "")
            except (Refused, OSError) as problem:
                self.say_once(said, gln, f"{gln}: {problem}")
            except DatabaseError as problem:
                self.say_once(said, gln, f"{gln}: {problem}")
                connection.close()

    def tell(self, done: Acknowledged) -> None:
        counts = ", ".join(f"{count:,} {fate}" for fate, count in sorted(done.totals.items()))
        self.stdout.write(f"{done.path}: {done.outcome}; {counts or 'nothing was read'}")
        self.stdout.flush()

    def say_once(self, said: dict[str, str], about: str, sentence: str) -> None:
        if sentence and said.get(about) != sentence:
            self.stderr.write(sentence)
        said[about] = sentence


def stop(*_: object) -> None:
    """Killed in the middle, nothing is lost; so it ends at once."""
    raise SystemExit(0)
