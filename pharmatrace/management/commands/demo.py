"""`manage.py demo`: everything started, a realistic chain filled in, and kept moving until Ctrl-C."""

from __future__ import annotations

import secrets
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from pharmatrace import keyfiles
from pharmatrace.demo.fill import Filled, fill
from pharmatrace.demo.poster import poster
from pharmatrace.demo.scale import FULL, HUNDREDTH, Scale
from pharmatrace.demo.telling import Told
from pharmatrace.demo.trickle import one_step
from pharmatrace.demo.world import OtherScale
from pharmatrace.embedded.cluster import ClusterProblem
from pharmatrace.embedded.server import AlreadyRunning
from pharmatrace.kernel.refusal import Refused
from pharmatrace.launch import CannotStart, launch, prepare, private_database, use_port
from pharmatrace.supervisor import Supervisor

SECONDS_BETWEEN_EVENTS = 4.0
SAY_EVERY = 5.0


class Command(BaseCommand):
    help = "Starts everything with a realistic supply chain in it and prints where to look."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="all 475,459 packs, not 1 in 100")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=None)
        parser.add_argument(
            "--seed-only", "--no-serve", action="store_true", dest="seed_only",
            help="fill the database, print, and end",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if options["port"]:
            use_port(options["port"])
        scale = FULL if options["full"] else HUNDREDTH
        try:
            if options["seed_only"]:
                self.seed(scale)
                return
            status = launch(
                host=options["host"], on_ready=lambda supervisor: self.play(supervisor, scale)
            )
        except (CannotStart, AlreadyRunning, ClusterProblem, OtherScale) as problem:
            raise CommandError(str(problem)) from problem
        if status:
            raise SystemExit(status)

    def seed(self, scale: Scale) -> None:
        with private_database():
            supervisor = Supervisor([])
            prepare(supervisor)
            show(supervisor, scale)

    def play(self, supervisor: Supervisor, scale: Scale) -> None:
        filled = show(supervisor, scale)
        supervisor.say("Live events go on; Ctrl-C stops everything.", name="demo")
        keep_moving(supervisor, filled)


def show(supervisor: Supervisor, scale: Scale) -> Filled:
    """Fills, then prints the poster."""
    password = keyfiles.read_or_make(
        settings.VAR_DIR / "keys" / "demo.password", lambda: f"demo-{secrets.token_hex(4)}"
    )
    filled = fill(scale=scale, password=password, clock=timezone.now, progress=Progress(supervisor))
    for line in poster(filled, site_url=settings.SITE_URL, password=password):
        supervisor.say(line, name="demo")
    return filled


class Progress:
    """Says every few seconds how far the story is."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.said_at = time.monotonic()

    def __call__(self, day: date, told: Told) -> None:
        if time.monotonic() - self.said_at >= SAY_EVERY:
            self.said_at = time.monotonic()
            self.supervisor.say(
                f"told until {day:%d %B %Y}: {told.events + told.repeated:,} events", name="demo"
            )


def keep_moving(supervisor: Supervisor, filled: Filled) -> None:
    """One live event every few seconds. What goes wrong is said, and does not end the demo."""
    while not supervisor.stopping:
        try:
            one_step(filled.world, at=timezone.now())
        except (Refused, DatabaseError) as problem:
            if not supervisor.stopping:
                supervisor.say(f"live event skipped: {problem}", name="demo")
            connection.close()
        wait_until = time.monotonic() + SECONDS_BETWEEN_EVENTS
        while not supervisor.stopping and time.monotonic() < wait_until:
            time.sleep(0.2)
