"""What may be asked of each list. Only what an index or a short table answers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from apps.desk import wording

ANY = _("All")


def _words(shelf: dict[str, wording.Saying]) -> list[tuple[str, Any]]:
    return [(name, saying.word) for name, saying in shelf.items()]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


def start_of(day: date) -> datetime:
    return make_aware(datetime.combine(day, time.min))


class Text(filters.CharFilter):
    """A few characters that somebody types."""

    def __init__(self, label: Any, lookup: str, **kwargs: Any) -> None:
        super().__init__(lookup_expr=lookup, label=label, max_length=60, validators=[ProhibitNullCharactersValidator()], **kwargs)  # fmt: skip


class Since(filters.DateFilter):
    """From the beginning of a day (UTC) on."""

    def __init__(self, of: str, **kwargs: Any) -> None:
        super().__init__(of, label=_("From"), widget=_day(), **kwargs)

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        return qs if value is None else qs.filter(**{f"{self.field_name}__gte": start_of(value)})


class Until(filters.DateFilter):
    """To the end of a day (UTC)."""

    def __init__(self, of: str, **kwargs: Any) -> None:
        super().__init__(of, label=_("To"), widget=_day(), **kwargs)

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        if value is None or value == date.max:
            return qs
        return qs.filter(**{f"{self.field_name}__lt": start_of(value + timedelta(days=1))})


class ProductFilter(filters.FilterSet):
    name = Text(_("Name"), "icontains")
    gtin = Text("GTIN", "startswith")
    withdrawn_at = filters.ChoiceFilter(
        label=_("Sold"),
        choices=[("no", _("On the market")), ("yes", _("Withdrawn"))],
        empty_label=ANY,
        method="sold",
    )

    def sold(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(withdrawn_at__isnull=value == "no")


class BatchFilter(filters.FilterSet):
    lot = Text(_("Lot"), "istartswith")
    product__name = Text(_("Product"), "icontains")
    expiry = filters.DateFilter(label=_("Expires before"), lookup_expr="lt", widget=_day())


class RefusedFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label=_("What"), choices=_words(wording.KINDS), empty_label=ANY)
    code = Text(_("Code"), "exact")
    since = Since("recorded_at")
    until = Until("recorded_at")


class AlertFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(label=_("What"), choices=_words(wording.ALERTS), empty_label=ANY)


class JobFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label=_("State"), choices=_words(wording.JOB_STATES), empty_label=ANY
    )


class EventForm(forms.Form):
    """Events are read from three sides, so no queryset stands behind them."""

    kind = forms.ChoiceField(
        label=_("What"), choices=[("", ANY), *_words(wording.KINDS)], required=False
    )
    since = forms.DateField(label=_("From"), widget=_day(), required=False)
    until = forms.DateField(label=_("To"), widget=_day(), required=False)


class StockForm(forms.Form):
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", ANY), *wording.LEVELS.items()], required=False
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[("", _("Still here")), *(pair for pair in _words(wording.STATUSES) if pair[0] not in ("in_transit", "void"))],
        required=False,
    )  # fmt: skip
