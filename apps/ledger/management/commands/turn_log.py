"""`manage.py turn_log`: the running shard of the log ends, and the next one goes on from it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.ledger.guard import SealingStopped
from apps.ledger.models import Head
from apps.ledger.selectors import latest_checkpoint
from apps.ledger.services.turn_log import next_vkey, origin_of_year, turn_log
from apps.ledger.shards import shards
from apps.ledger.witnessing.policy_file import PolicyFault
from pharmatrace.asking import confirmed
from pharmatrace.kernel.refusal import Refused

EXPLAINED = """Ends the running shard of the log with its newest checkpoint and opens the next, under an origin of its own and
with the log's key. What waits is sealed into the old shard first; the genesis of the new one commits to the final
checkpoint. The old shard is served for ever where it was. Cut off anywhere, call it again. Witnesses have to know the
new origin and its verifier key before they cosign: tell them what --show says, in good time."""


class Command(BaseCommand):
    help = EXPLAINED

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--origin", help="of the next shard (default: LOG_ORIGIN and the present year)"
        )
        parser.add_argument(
            "--show", action="store_true", help="say origin and key of the next shard; turn nothing"
        )
        parser.add_argument("--yes", action="store_true", help="confirm what is asked, for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        origin = options["origin"] or origin_of_year(now.year)
        head = Head.objects.first()
        if head is None:
            raise CommandError("There is no log here.")
        try:
            vkey = next_vkey(origin)
            if options["show"]:
                self.stdout.write(f"{origin}\n{vkey}")
                return
            if head.origin == origin:
                self.stdout.write(f"{origin} runs already.")
                turn_log(
                    origin=origin, at=now
                )  # where it was cut off, its checkpoint is signed now
                return
            question = (
                f"End {head.origin} with {head.size - head.first:,} entries or more, and go on as {origin}? It cannot"
                " be taken back."
            )
            if not (options["yes"] or confirmed(question)):
                raise CommandError("Nothing was changed.")
            turn_log(origin=origin, at=now)
        except (SealingStopped, Refused, PolicyFault) as fault:
            raise CommandError(str(fault)) from None
        self._told(vkey)

    def _told(self, vkey: str) -> None:
        *_, old, new = shards()
        final = latest_checkpoint(first=old.first)
        assert final is not None  # a shard ends with a published one
        self.stdout.write(
            f"{old.origin} ended; its final checkpoint:\n\n{final.note}\n{new.origin} goes on from it, as entry"
            f" {new.first:,} over all shards, below /log/{new.prefix}. Its key:\n{vkey}\nRun manage.py publish where"
            " the log is served as files."
        )
