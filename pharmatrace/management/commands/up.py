from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pharmatrace import launch
from pharmatrace.embedded.binaries import NoBinaries
from pharmatrace.embedded.cluster import ClusterProblem
from pharmatrace.embedded.server import AlreadyRunning
from pharmatrace.supervisor import Supervisor


class Command(BaseCommand):
    help = "Start database, web, worker and beat on this machine; one log, one Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument(
            "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
        )
        parser.add_argument("--no-worker", action="store_true", help="without worker and beat")

    def handle(self, *, port: int, host: str, no_worker: bool, **options: Any) -> None:
        launch.use_port(port)
        try:
            status = launch.launch(host=host, worker=not no_worker, on_ready=greet)
        except (launch.CannotStart, AlreadyRunning, ClusterProblem, NoBinaries) as problem:
            raise CommandError(str(problem)) from None
        except KeyboardInterrupt:  # while starting; the database is stopped by now
            status = 130
        raise SystemExit(status)


def greet(supervisor: Supervisor) -> None:
    supervisor.say(f"PharmaTrace is ready: {settings.SITE_URL}/  (Ctrl-C stops everything)")
