"""`manage.py publish DIR`: the public log as files, for a web server or a CDN that serves them alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.files.storage import InvalidStorageError, storages
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.ledger.exporting.export import OtherLog, export
from apps.ledger.exporting.targets import CannotReplace, DjangoStorage, Folder, Target


class Command(BaseCommand):
    help = (
        "Writes the published log as files: entries, tiles, pages of checkpoints, and last the checkpoint."
        " Call it again, by cron or after each sealing: it adds what is new. Serve the folder as /log/."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("folder", nargs="?", type=Path, help="the folder; made if need be")
        where.add_argument("--storage", metavar="ALIAS", help="a storage of settings.STORAGES")
        parser.add_argument("--prefix", default="", help="with --storage: before every name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = export(self._target(options))
        except (OtherLog, CannotReplace, OSError) as fault:
            raise CommandError(str(fault)) from fault
        if told is None:
            self.stderr.write("This log was not opened yet: there is nothing to publish.")
            sys.exit(1)
        self.stdout.write(
            f"{told.size:,} entries are published ({told.size - told.old:,} new, {told.files:,} files)."
        )

    def _target(self, options: dict[str, Any]) -> Target:
        if options["folder"] is not None:
            return Folder(options["folder"])
        try:
            storage = storages[options["storage"]]
        except InvalidStorageError as fault:
            raise CommandError(f"settings.STORAGES has no {options['storage']}.") from fault
        return DjangoStorage(storage, options["prefix"])
