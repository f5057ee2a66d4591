"""`manage.py witness`: a witness alone. It touches neither PostgreSQL nor the models."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pharmatrace.witness import command


class Command(BaseCommand):
    help = command.HELP
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        command.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            command.run(argparse.Namespace(**options), say=self.say)
        except command.CannotWitness as fault:
            raise CommandError(str(fault)) from None

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
