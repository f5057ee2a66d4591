"""An organisation may ask its people for a second factor; then nothing of it opens without one."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from apps.parties.models import Membership, Organisation, User
from apps.parties.selectors import memberships_of

Rule = Organisation.SecondFactor
COUNTING = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# What somebody without one may open: the pages where one is set up, and the way out.
OPEN = ("/account/", "/login/", "/logout/", "/membership/", "/i18n/", "/static/", "/log/", "/join/")
MACHINES = ("/api/", "/epcis/")
REGISTRY = "/admin/"  # where the installation's staff may change who is staff


def asks(membership: Membership) -> bool:
    """The rule of the organisation, for this role. No query."""
    rule = membership.organisation.second_factor
    return rule == Rule.EVERYBODY or (
        rule == Rule.ADMINS and membership.role == Membership.Role.ADMIN
    )


def is_asked_of(user: User) -> bool:
    """Some organisation this person works for asks for one. One query."""
    return user.pk is not None and any(asks(one) for one in memberships_of(user.pk))


def has_one(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type__in=COUNTING).exists()


def lacks_one(request: HttpRequest) -> bool:
    """Whoever sent this must have a second factor here and has none."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is not None and asks(membership):
        return not has_one(membership.user)
    if request.path.startswith(REGISTRY) and settings.STAFF_SECOND_FACTOR:
        user = request.user
        return isinstance(user, User) and user.is_staff and not has_one(user)
    return False


class SecondFactorWhereAsked:
    """Middleware. One query on requests of people whose organisation asks; none for others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN) or not lacks_one(request):
            return self.get_response(request)
        if request.path.startswith(MACHINES):
            sentence = "Your organisation asks for a second factor. Set one up in your account."
            return JsonResponse({"code": "second_factor", "detail": sentence}, status=403)
        return HttpResponseRedirect(reverse("second-factor-needed"))
