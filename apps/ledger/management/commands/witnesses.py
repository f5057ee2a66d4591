"""`manage.py witnesses`: those who cosign this log: where they are, and what they have raised."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.ledger.models import AskedWitness
from apps.ledger.selectors import published_size, signed_size
from apps.ledger.witnessing.alarms import NoSuchAlarm, settle
from apps.ledger.witnessing.asking import ask_witnesses
from apps.ledger.witnessing.judging import names
from apps.ledger.witnessing.lateness import troubles
from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy, witnesses_to_ask


class Command(BaseCommand):
    help = "The witnesses of this log: how they are doing, and the alarms they raised. Exit status 1 on trouble."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb")
        verbs.add_parser(
            "status", help="the policy, every witness, and what is wrong (also without a word)"
        )
        verbs.add_parser("ask", help="ask all of them now")
        done = verbs.add_parser("settle", help="close an alarm that you have looked into")
        done.add_argument("number", type=int)
        done.add_argument("--because", required=True, help="what it was; kept with the alarm")

    def handle(self, *args: Any, verb: str | None, **options: Any) -> None:
        try:
            if verb == "settle":
                settle(options["number"], because=options["because"], at=timezone.now())
                self.stdout.write(f"Alarm {options['number']} is settled.")
                return
            if verb == "ask":
                ask_witnesses(clock=timezone.now, everyone=True)
            self.status()
        except (PolicyFault, NoSuchAlarm) as fault:
            raise CommandError(str(fault)) from None

    def status(self) -> None:
        policy = witness_policy()
        rows = {row.url: row for row in AskedWitness.objects.all()}
        if policy.asks_nobody:
            self.stdout.write(
                "Nobody is asked (WITNESS_POLICY_FILE): checkpoints are published as signed."
            )
        else:
            self.stdout.write(f"Quorum: {policy.quorum}")
        self.stdout.write(f"Signed: {signed_size()} entries; published: {published_size()}")
        for one in witnesses_to_ask(policy):
            row = rows.get(one.url)
            state = "not asked yet" if row is None else self.state(row)
            self.stdout.write(f"{names(one.keys)}  {one.url}  {state}")
        found = troubles(now=timezone.now())
        for sentence in found:
            self.stdout.write(f"TROUBLE  {sentence}")
        if found:
            raise SystemExit(1)

    def state(self, row: AskedWitness) -> str:
        if row.failures:
            return f"failed {row.failures} times, asked again at {row.ask_again_at:%H:%M:%S}: {row.problem}"
        return (
            f"at {row.size} entries since {row.answered_at:%Y-%m-%d %H:%M:%S}"
            if row.answered_at
            else "asked"
        )
