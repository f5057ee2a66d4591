"""Who may open which page of the settings."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.decorators import reauthentication_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from apps.desk.access import Member
from apps.parties.models import Membership
from apps.parties.permissions import may


class Administrator(Member):
    """Administrators of the organisation one acts for; `permission` narrows that further."""

    permission: ClassVar[str] = "administer"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        membership = getattr(request, "membership", None)
        if membership is not None and not may(membership, self.permission):
            raise PermissionDenied(_("Only administrators open this page. Yours can be asked."))
        return super().dispatch(request, *args, **kwargs)


class Staff(Member):
    """Administrators of the authority, and the installation's own staff, who may belong to no organisation."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        membership = getattr(request, "membership", None)
        if not (
            getattr(request.user, "is_staff", False) or may(membership, "parties.see_platform")
        ):
            raise PermissionDenied(
                _("This page is for the authority and for who runs PharmaTrace.")
            )
        return super(Member, self).dispatch(request, *args, **kwargs)  # type: ignore[misc]


# Changes that a thief with an open browser must not make: sending the form asks for the password (or a second
# factor) unless it was given within five minutes, and then goes on with what was sent.
confirmed = method_decorator(reauthentication_required(allow_get=True), name="dispatch")


def _makes_an_administrator(request: HttpRequest) -> bool:
    return request.POST.get("role") == Membership.Role.ADMIN


confirmed_for_administrators = method_decorator(
    reauthentication_required(allow_get=True, enabled=_makes_an_administrator), name="post"
)
