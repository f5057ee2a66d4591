from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.exchange.intake.inboxes import add_inbox, inboxes_in
from pharmatrace.kernel.refusal import Refused


class Command(BaseCommand):
    help = "Sets up the watched folders (PHARMATRACE_INBOX), one per organisation: add, list."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--inbox", type=Path, default=settings.INBOX_DIR)
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
        add = verbs.add_parser(
            "add", help="a folder; again, to change whose name its files are recorded in"
        )
        add.add_argument("gln", help="of the organisation whose files come")
        add.add_argument("email", help="of the member in whose name they are recorded")
        add.add_argument("--zone", default="", help="zone of times without one: Europe/Lisbon")
        add.add_argument("--all-or-nothing", action="store_true", dest="together")
        verbs.add_parser("list", help="the folders there are")

    def handle(self, *, inbox: Path | None, verb: str, **options: Any) -> None:
        if inbox is None:
            raise CommandError(
                "Which folder? Set PHARMATRACE_INBOX, or give --inbox before the verb."
            )
        try:
            if verb == "add":
                made = add_inbox(
                    root=inbox, gln=options["gln"], email=options["email"], zone=options["zone"],
                    together=options["together"],
                )  # fmt: skip
                self.stdout.write(
                    f"Files go into {made.incoming}, acknowledgements into {made.acks}."
                )
                return
            for one in inboxes_in(inbox):
                how = " ".join(filter(None, (one.zone, "all or nothing" if one.together else "")))
                self.stdout.write(f"{one.gln}  {one.email}  {how}".rstrip())
        except Refused as refused:
            raise CommandError(str(refused)) from None
