"""`manage.py witness_log`: the logs that this installation cosigns for others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.ledger.cosigning.installation_keys import installation_keys, witness_name
from apps.ledger.cosigning.logs import add_log, remove_log
from apps.ledger.cosigning.store import DatabaseStore
from apps.ledger.models import WitnessedLog
from pharmatrace.witness.answering import add_key
from pharmatrace.witness.keys import WitnessKeyFault, make_keys
from pharmatrace.witness.log_names import NotALog


class Command(BaseCommand):
    help = "The logs that this installation is a witness for (below /witness/), and its own keys."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="cosign this log from now on")
        add.add_argument("origin", help="the first line of its checkpoints")
        add.add_argument("vkey", help="its verifier key, compared with a copy from elsewhere")
        remove = verbs.add_parser(
            "remove", help="cosign it no more (how far it was stays remembered)"
        )
        remove.add_argument("origin")
        follow = verbs.add_parser(
            "follow", help="a log replaced its key: take the new one for the old one"
        )
        follow.add_argument(
            "note", type=Path, help="file: the old key's note that names the new one"
        )
        verbs.add_parser("list", help="the logs, how far they were cosigned, and their keys")
        keys = verbs.add_parser("keys", help="this installation's own verifier keys")
        keys.add_argument("--make", action="store_true", help="make the keys that are missing")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        try:
            getattr(self, verb)(**options)
        except (NotALog, WitnessKeyFault) as fault:
            raise CommandError(str(fault)) from None

    def add(self, *, origin: str, vkey: str, **_: Any) -> None:
        key = add_log(origin=origin, vkey=vkey, at=timezone.now())
        self.stdout.write(f"{key.log_id} is cosigned from now on, where it is signed by this key.")

    def follow(self, *, note: Path, **_: Any) -> None:
        try:
            answer = add_key(note.read_bytes(), store=DatabaseStore())
        except OSError as fault:
            raise CommandError(f"{note} cannot be read: {fault.strerror}.") from None
        if answer.status != 200:
            raise CommandError(answer.told)
        self.stdout.write(answer.told)

    def remove(self, *, origin: str, **_: Any) -> None:
        if not remove_log(origin=origin):
            raise CommandError(f"The log {origin!r} is not known.")
        self.stdout.write(f"{origin} is cosigned no more.")

    def list(self, **_: Any) -> None:
        for log in WitnessedLog.objects.prefetch_related("keys").order_by("origin"):
            keys = [key.vkey for key in log.keys.all()] or ["(no key: not cosigned any more)"]
            for vkey in keys:
                self.stdout.write(f"{log.origin}  {log.size} entries  {vkey}")

    def keys(self, *, make: bool, **_: Any) -> None:
        if make:
            found = make_keys(Path(settings.WITNESS_KEY_FOLDER), witness_name())
        else:
            found = installation_keys()
        for vkey in found.vkeys():
            self.stdout.write(vkey)
