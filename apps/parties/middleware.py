"""Which organisation a signed-in person acts for in this request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.parties.doing import at_the_door
from apps.parties.models import Membership
from apps.parties.selectors import memberships_of
from apps.parties.sessions import note_seen

SESSION_KEY = "membership_id"


class CurrentMembership:
    """Sets `request.membership`: a Membership, or None. A token sets it later, in REST views. What is done
    while the request is answered is recorded as done by whoever sent it (`doing`).

    Without a session cookie nothing is asked, neither of the session nor of the database: tiles
    and public answers stay cacheable, and cheap.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = current_membership(request)  # type: ignore[attr-defined]
        with at_the_door(request):
            return self.get_response(request)


def current_membership(request: HttpRequest) -> Membership | None:
    """The membership chosen in the session, else the person's oldest one, else None."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    note_seen(request)
    mine = list(memberships_of(request.user.pk))
    chosen = request.session.get(SESSION_KEY)
    return next((one for one in mine if one.pk == chosen), mine[0] if mine else None)
