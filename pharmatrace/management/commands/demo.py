"""`manage.py demo`: everything started, a realistic chain filled in, and kept moving until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from functools import partial
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
from pharmatrace.demo.witnesses import Witnesses
from pharmatrace.demo.world import OtherScale
from pharmatrace.embedded.binaries import NoBinaries
from pharmatrace.embedded.cluster import ClusterProblem
from pharmatrace.embedded.server import AlreadyRunning
from pharmatrace.kernel.refusal import Refused
from pharmatrace.launch import CannotStart, launch, prepare, private_database, use_port
from pharmatrace.supervisor import Supervisor

SECONDS_BETWEEN_EVENTS = 4.0
SAY_EVERY = 5.0


class Command(BaseCommand):
    help = "Starts everything with a realistic supply chain in it and prints where to look."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="all 475,459 packs, not 1 in 100")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument(
            "--seed-only", "--no-serve", action="store_true", dest="seed_only",
            help="fill the database, print, and end",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        use_port(options["port"])
        os.environ["PHARMATRACE_DEMO"] = (
            "1"  # for the web server that is started: it shows the tour
        )
        scale = FULL if options["full"] else HUNDREDTH
        try:
            if options["seed_only"]:
                self.seed(scale)
                return
            witnesses = Witnesses(settings.VAR_DIR, after_port=options["port"])
            witnesses.make_policy()
            status = launch(
                host=options["host"],
                on_ready=lambda supervisor: self.play(supervisor, scale, witnesses),
                beside=witnesses.programs,
            )
        except (CannotStart, AlreadyRunning, ClusterProblem, NoBinaries, OtherScale) as problem:
            raise CommandError(str(problem)) from None
        except KeyboardInterrupt:  # while starting; the database is stopped by now
            status = 130
        if status:
            raise SystemExit(status)

    def seed(self, scale: Scale) -> None:
        with private_database():
            prepare(self.stdout.write)
            show(self.stdout.write, scale)

    def play(self, supervisor: Supervisor, scale: Scale, witnesses: Witnesses) -> None:
        say = partial(supervisor.say, name="demo")
        filled = show(say, scale)
        for line in witnesses.poster():
            say(line)
        say("Live events go on; Ctrl-C stops everything.")
        keep_moving(supervisor, filled)


def show(say: Callable[[str], object], scale: Scale) -> Filled:
    """Fills, then prints the poster."""
    password = keyfiles.read_or_make(
        settings.VAR_DIR / "keys" / "demo.password", lambda: f"demo-{secrets.token_hex(4)}"
    )
    filled = fill(scale=scale, password=password, clock=timezone.now, progress=Progress(say))
    for line in poster(filled, site_url=settings.SITE_URL, password=password):
        say(line)
    return filled


class Progress:
    """Says every few seconds how far the story is."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self.say = say
        self.said_at = time.monotonic()

    def __call__(self, day: date, told: Told) -> None:
        if time.monotonic() - self.said_at >= SAY_EVERY:
            self.said_at = time.monotonic()
            self.say(f"told until {day:%d %B %Y}: {told.events + told.repeated:,} events")


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
