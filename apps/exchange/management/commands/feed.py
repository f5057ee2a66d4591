from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from apps.exchange.feeding import close_feed, open_feed
from apps.exchange.models import Feed
from apps.parties.models import Membership, Organisation
from pharmatrace.kernel.refusal import Refused


class Command(BaseCommand):
    help = "Addresses that partners' EPCIS subscriptions send their reports to: open, list, close."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
        opened = verbs.add_parser("open", help="a new one; its token is shown once")
        opened.add_argument("gln", help="of the organisation that receives")
        opened.add_argument("email", help="of the member in whose name events are recorded")
        opened.add_argument("name", help="what to call it: the partner's name")
        whose = opened.add_mutually_exclusive_group(required=True)
        whose.add_argument("--partner", metavar="GLN", help="only what this partner did is taken")
        whose.add_argument(
            "--own",
            action="store_true",
            help="of machines that may record as the organisation itself",
        )
        verbs.add_parser("list", help="those there are")
        verbs.add_parser("close", help="takes no more").add_argument("id", type=UUID)

    def handle(self, *, verb: str, **options: Any) -> None:
        try:
            self.stdout.write("\n".join(getattr(self, f"_{verb}")(options)))
        except Refused as refused:
            raise CommandError(str(refused)) from None
        except (Membership.DoesNotExist, Organisation.DoesNotExist, Feed.DoesNotExist):
            raise CommandError("There is no such member, partner or feed.") from None

    def _open(self, options: dict[str, Any]) -> list[str]:
        member = Membership.objects.select_related("organisation", "site", "user").get(
            organisation__gln=options["gln"], user__email__iexact=options["email"], ended_at=None
        )
        gln = options["partner"]
        feed, token = open_feed(
            membership=member, name=options["name"], at=timezone.now(),
            partner=Organisation.objects.get(gln=gln) if gln else None,
        )  # fmt: skip
        address = settings.SITE_URL + reverse("exchange:feed", args=[feed.pk])
        return [f"dest: {address}", f"signatureToken: {token}"]

    def _list(self, options: dict[str, Any]) -> list[str]:
        return [
            f"{feed.pk}  {feed.membership.organisation.gln}  {feed.name}"
            f"  {f'partner {feed.partner.gln}' if feed.partner else 'own'}"
            f"  {'closed' if feed.closed_at else feed.last_report_at or 'nothing came yet'}"
            for feed in Feed.objects.select_related("membership__organisation", "partner")
        ]

    def _close(self, options: dict[str, Any]) -> list[str]:
        feed = close_feed(feed=Feed.objects.get(pk=options["id"]), at=timezone.now())
        return [f"{feed.name} is closed."]
