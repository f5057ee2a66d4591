"""Keeping a filter of a list, and removing it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from apps.desk.access import Member
from apps.parties.saved_filters import drop_filter, save_filter
from pharmatrace.kernel.refusal import Refused


class SaveFilter(Member, View):
    """POST `page` (the name of a list's address), `query`, `name`; leads back to the list."""

    def post(self, request: HttpRequest) -> HttpResponse:
        page = request.POST.get("page", "")
        address = address_of(page)
        query = request.POST.get("query", "")
        try:
            saved = save_filter(
                user_id=self.membership.user_id,
                page=page,
                name=request.POST.get("name", ""),
                query=query,
                at=timezone.now(),
            )
        except Refused as refused:
            messages.warning(request, str(refused))
            return HttpResponseRedirect(address)
        messages.success(request, _("The filter “%(name)s” is saved.") % {"name": saved.name})
        return HttpResponseRedirect(f"{address}?{saved.query}")


class DropFilter(Member, View):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        page = drop_filter(user_id=self.membership.user_id, id=pk)
        if page is None:
            raise Http404
        messages.success(request, _("The filter is removed."))
        return HttpResponseRedirect(address_of(page))


def address_of(page: Any) -> str:
    """The address of a list by its name. Raises Http404 where there is none."""
    try:
        return reverse(page) if page and len(page) <= 80 else reverse("")
    except NoReverseMatch:
        raise Http404 from None
