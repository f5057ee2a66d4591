"""The strip that leads a newcomer to the demo from page to page. No script: each step is a link.

Where somebody is stands in their session; without a session, or outside the demo, there is no tour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string
from django.views.generic import View

from apps.desk.access import Member

SESSION_KEY = "tour"
ENDED = -1


@dataclass(frozen=True, slots=True)
class Step:
    """Where somebody is: the station, its number from 1, and how many there are."""

    station: Any
    number: int
    count: int
    here: bool

    @property
    def address(self) -> str:
        return reverse(self.station.page)

    @property
    def previous(self) -> int | None:
        return self.number - 2 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number if self.number < self.count else None


def stations(kind: str) -> Sequence[Any]:
    """The tour of a kind of organisation. The demo stands above the apps, so a setting names it."""
    tours = import_string(settings.TOUR) if settings.TOUR else {}
    return [one for one in tours.get(kind, ()) if _exists(one.page)]


def _exists(page: str) -> bool:
    try:
        return bool(reverse(page))
    except NoReverseMatch:
        return False


def step_of(request: HttpRequest) -> Step | None:
    """The step to show on this page; None where there is no tour, or it was ended."""
    membership = getattr(request, "membership", None)
    if not settings.TOUR or membership is None:
        return None
    found = stations(membership.organisation.kind)
    at = request.session.get(SESSION_KEY, 0)
    if not isinstance(at, int) or not 0 <= at < len(found):
        return None
    station = found[at]
    return Step(station, at + 1, len(found), request.path == reverse(station.page))


def tour(request: HttpRequest) -> dict[str, Any]:
    """For templates: `tour`, asked only where a template shows it."""
    return {"tour": lambda: step_of(request)} if settings.TOUR else {}


class Tour(Member, View):
    """POST `to`: the number of a station (from 0) and its page, or `end`."""

    def post(self, request: HttpRequest) -> HttpResponse:
        to = request.POST.get("to", "")
        found = stations(self.membership.organisation.kind)
        if to.isascii() and to.isdigit() and len(to) < 4 and int(to) < len(found):
            request.session[SESSION_KEY] = int(to)
            return HttpResponseRedirect(reverse(found[int(to)].page))
        request.session[SESSION_KEY] = ENDED
        return redirect("desk:home")
