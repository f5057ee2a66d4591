"""Who comes in to the authority's pages, and the note that is made of each look."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.desk.access import Kind, Member
from apps.oversight.looks import note_look
from apps.oversight.models import AccessRecord, CaseFile
from apps.parties.models import Membership, Organisation
from apps.parties.permissions import may


class Authority(Member):
    """Only people of an authority come in; with `administers` only its administrators."""

    kinds = (Kind.REGULATOR,)
    administers = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        membership: Membership | None = getattr(request, "membership", None)
        member = membership is not None and membership.organisation.kind == Kind.REGULATOR
        if self.administers and member and not may(membership, "administer"):
            raise PermissionDenied(_("An administrator of your authority looks after this."))
        return super().dispatch(request, *args, **kwargs)


def looked(
    request: HttpRequest,
    kind: str,
    subject: str,
    concerned: Iterable[UUID | None] | None,
    case: CaseFile | None = None,
) -> None:
    """Notes that somebody of an authority looked: under `case`, or the one that the address names, if it is theirs.

    Every page that an authority may open calls this, or `looked_over`, or stands with its reason among those that need
    not in tests/walks/test_looks_are_noted.py.
    """
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None or membership.organisation.kind != Kind.REGULATOR:
        return
    note_look(
        membership=membership,
        kind=kind,
        subject=subject,
        concerned=concerned,
        case=case or _case(request, membership),
        at=timezone.now(),
    )


def looked_over(
    request: HttpRequest, concerned: Collection[UUID | None], case: CaseFile | None = None
) -> None:
    """Notes a look at a list on a page, of things of these organisations (None: of nobody that is registered). An
    empty list shows nothing of anybody."""
    if concerned:
        looked(request, AccessRecord.Kind.LIST, request.get_full_path(), concerned, case)


def open_cases(membership: Membership) -> list[CaseFile]:
    """The cases something can be put into, newest first; none for who may not."""
    if membership.organisation.kind != Organisation.Kind.REGULATOR or not may(
        membership, "operate"
    ):
        return []
    mine = CaseFile.objects.filter(authority_id=membership.organisation_id, closed_at=None)
    return list(mine.order_by("-opened_at", "id")[:50])


def _case(request: HttpRequest, membership: Membership) -> CaseFile | None:
    try:
        asked = UUID(request.GET.get("case", ""))
    except ValueError:
        return None
    return CaseFile.objects.filter(pk=asked, authority_id=membership.organisation_id).first()
