"""What the page says about how often it was looked at, and when that is worth a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.parties.countries import NAMES
from apps.parties.signing_in import visitor_of
from apps.safety.looks import Looks, count_look
from apps.verify.answer import Answer
from apps.verify.moments import day
from pharmatrace.kernel.custody.kinds import Status

OFTEN = 20
"""Visits since it was handed to a patient. A household looks a few times; a hundred copies of one code look all the time.
Reloading makes no visit (apps/safety/looks): nobody makes a pack look copied by that."""


@dataclass(frozen=True, slots=True)
class Told:
    """`sentence` is the count; `warning` is empty where nothing is odd about it."""

    sentence: str
    warning: str


def looked(request: HttpRequest, found: Answer) -> Told | None:
    """Counts this look and says how many there were; None where nobody of the public looked at a registered pack."""
    record = found.record
    if record is None or not _by_the_public(request):
        return None
    looks = count_look(
        package_id=record.package.id,
        batch_id=record.package.batch_id,
        country=country_of(request),
        visitor=visitor_of(request),
        since=record.status_at.date(),
        at=found.answered_at,
    )
    gone = record.status is Status.SUPPLIED
    return Told(_sentence(looks), _warning(looks, since=record.status_at) if gone else "")


def country_of(request: HttpRequest) -> str:
    """The visitor's country as a proxy of ours says (settings.COUNTRY_HEADER); empty where nobody says, or no country."""
    if not settings.COUNTRY_HEADER:
        return ""
    told = request.headers.get(settings.COUNTRY_HEADER, "").strip().upper()
    return told if told in NAMES else ""


def _by_the_public(request: HttpRequest) -> bool:
    """A page that was really opened, by nobody who works with packs."""
    early = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    return request.method == "GET" and getattr(request, "membership", None) is None and not early


def _sentence(looks: Looks) -> str:
    if looks.times == 1:
        return _("This page was opened for the first time just now.")
    words = {"times": looks.times, "day": day(looks.first_at)}
    return (
        ngettext(
            "This page was opened %(times)s time, first on %(day)s.",
            "This page was opened %(times)s times, first on %(day)s.",
            looks.times,
        )
        % words
    )


def _warning(looks: Looks, *, since: datetime) -> str:
    if looks.visits < OFTEN:
        return ""
    said = ngettext(
        "It was opened in %(times)s visit since the pack was handed to a patient on %(day)s.",
        "It was opened in %(times)s separate visits since the pack was handed to a patient on %(day)s.",
        looks.visits,
    ) % {"times": looks.visits, "day": day(since)}
    if len(looks.countries) > 1:
        said += " " + ngettext(
            "The looks came from %(count)s country.",
            "The looks came from %(count)s countries.",
            len(looks.countries),
        ) % {"count": len(looks.countries)}
    return (
        said
        + " "
        + _(
            "That is more than one household usually looks. Its code may stand on other packs too: if you did not get it from a "
            "pharmacy yourself, ask a pharmacist before you use it."
        )
    )
