"""Who may open which page. A page for another role answers 403 and says whom it is for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from apps.desk.scanners import calibration_of
from apps.parties.actor import Actor, actor_of
from apps.parties.models import Membership, Organisation
from apps.parties.permissions import may
from pharmatrace.kernel.gs1.calibration import Calibration

Kind = Organisation.Kind
TRADERS = (Kind.MANUFACTURER, Kind.DISTRIBUTOR, Kind.PHARMACY)


class Member(AccessMixin):
    """Only people who are signed in and belong to an organisation of one of `kinds` come in.

    With `records` the page writes, so viewers stay outside.
    """

    kinds: ClassVar[Collection[str]] = tuple(Kind)
    records: ClassVar[bool] = False
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if getattr(request, "htmx", False):  # a sign-in form has no place inside a page
                back = urlencode({"next": request.path})
                return HttpResponseClientRedirect(f"{settings.LOGIN_URL}?{back}")
            return self.handle_no_permission()
        refuse_others(request, kinds=self.kinds, records=self.records)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    @property
    def membership(self) -> Membership:
        membership: Membership = self.request.membership  # type: ignore[attr-defined]
        return membership

    @cached_property
    def actor(self) -> Actor:
        return actor_of(self.membership)

    @cached_property
    def calibration(self) -> Calibration | None:
        """Of the scanner this device remembers, where there is one: what it types is read with it."""
        return calibration_of(self.request)


def refuse_others(request: HttpRequest, *, kinds: Collection[str], records: bool) -> None:
    """Raises PermissionDenied, with the sentence the page shows."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        raise PermissionDenied(
            _("You belong to no organisation yet. Ask an administrator of yours to add you.")
        )
    if membership.organisation.kind not in kinds:
        names = ", ".join(str(Kind(kind).label).lower() for kind in kinds)
        raise PermissionDenied(
            _("This page is for: %(kinds)s. You are signed in for %(organisation)s.")
            % {"kinds": names, "organisation": membership.organisation.name}
        )
    if records and not may(membership, "operate"):
        raise PermissionDenied(_("Your role lets you look, not record."))
