"""`manage.py rotate_log_key`: the key that signs checkpoints names the next one, and makes room for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.ledger.guard import SealingStopped
from apps.ledger.log_key import make_next_log_key, next_log_key, next_path, put_next_in_place
from apps.ledger.log_keys import log_keys, succession_notes
from apps.ledger.models import Head
from apps.ledger.services.rotate_log_key import rotate_log_key, waiting_change
from apps.ledger.services.seal import seal
from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy
from pharmatrace.asking import confirmed
from pharmatrace.kernel.refusal import Refused
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import Signer

EXPLAINED = """Replaces the key that signs checkpoints, inside the log. In this order: a new key is made beside
LOG_KEY_FILE (.next); you are shown it and asked; the old key signs a note that names it, and a registry statement with
that note is sealed as an entry; from that entry on the new key signs; the new file takes the place of the old one.
What was signed before stays. Who pinned the old key follows its note; evidence carries it. Cut off anywhere, call it
again. A key that was LOST cannot sign the note: only a successor helps (manage.py recover --freeze). A key that was
STOLEN: rotate at once. Witnesses then accept the thief's signature no more, and readers with a witness policy see only
the true log; a reader who pinned the old key and asks no witness can still be shown the thief's history, so publish
that it was stolen, and if you cannot rule out that it was used already, end the log and open a successor."""


class Command(BaseCommand):
    help = EXPLAINED

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="confirm what is asked, for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        origin = Head.objects.values_list("origin", flat=True).first()
        if origin is None:
            raise CommandError("There is no log here.")
        try:
            keys, new = log_keys(), next_log_key(origin)
            if new is None or new.verifier not in keys.all:
                if waiting_change() is None:
                    new = make_next_log_key(origin)
                    self._name(keys, new, yes=options["yes"])
                self._seal()
                new = next_log_key(origin)
            if new is None or log_keys().newest != new.verifier:
                raise CommandError(
                    f"The log names the key {log_keys().newest.vkey()}, and {next_path()} is not that key."
                )
            put_next_in_place()
        except (SealingStopped, Refused, PolicyFault) as fault:
            raise CommandError(str(fault)) from None
        except OSError as fault:
            raise CommandError(
                f"{next_path()} and LOG_KEY_FILE have to be files that this account may write: {fault.strerror}."
            ) from None
        self._told(origin)

    def _name(self, keys: LogKeys, new: Signer, *, yes: bool) -> None:
        listed = [one.key for one in witness_policy().logs]
        if listed and new.verifier not in listed:
            raise CommandError(
                f"WITNESS_POLICY_FILE {settings.WITNESS_POLICY_FILE} lists logs: add the line first, beside the"
                f" present one:\nlog {new.verifier.vkey()}"
            )
        self.stdout.write(
            f"The key now:  {keys.newest.vkey()}\nThe next key: {new.verifier.vkey()}\n"
            f"It lies in {next_path()}. Copy that file, under that name, to every machine that seals, and to your"
            " backup: without it nothing is sealed after the change."
        )
        question = "Let the old key name the new one now? It cannot be taken back."
        if not (yes or confirmed(question)):
            raise CommandError("Nothing was changed.")
        rotate_log_key(new=new.verifier, at=timezone.now())

    def _seal(self) -> None:
        while waiting_change() is not None:
            seal(at=timezone.now())

    def _told(self, origin: str) -> None:
        keys = log_keys()
        index, first = keys.later[-1][0], Head.objects.get().first
        self.stdout.write(
            f"Entry {index:,} of {origin} names the new key; it signs every checkpoint of more than {index:,} entries."
            " It is in LOG_KEY_FILE; the old key is deleted here. Delete it elsewhere and put the new one in its"
            " place there, too.\nPublish the new key where you published the old one. Witnesses that are PharmaTrace's"
            " follow by themselves; give this note to the others, with the new key:\n"
        )
        self.stdout.write(succession_notes(size=first + index + 1)[-1])
