"""A list narrowed down by what stands in the address, with the form for it and what the person keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.parties.saved_filters import SavedFilter, saved_filters, without_page


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`query` is what is asked, in one spelling; `wrong` that it makes no sense, and was not looked at."""

    form: forms.Form
    page: str
    query: str
    saved: list[SavedFilter] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        return self.form.is_bound and not self.form.is_valid()

    def asked(self, name: str) -> Any:
        """What was asked of one field; None where nothing was, or nothing sensible."""
        return self.form.cleaned_data.get(name) or None if self.form.is_valid() else None


def narrowed_by(request: HttpRequest, form: forms.Form) -> Narrowed:
    """For lists that are no querysets: their views ask the form. One query."""
    names = {name for name in request.GET if name in form.fields}
    match = request.resolver_match
    page = match.view_name if match else ""
    query = without_page(request.GET.urlencode()) if names else ""
    return Narrowed(form, page, query, saved_filters(user_id=request.user.pk or 0, page=page))


def narrow(
    request: HttpRequest, filters: type[django_filters.FilterSet], rows: QuerySet[Any]
) -> tuple[QuerySet[Any], Narrowed]:
    """`rows` as far as they are asked for. What makes no sense is said beside its field, and narrows nothing."""
    asked = filters(request.GET, queryset=rows)
    narrowed = narrowed_by(request, asked.form)
    return (asked.qs if asked.is_valid() else rows), narrowed
