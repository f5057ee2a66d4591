"""Days and moments as the reader's language writes them. All are those of UTC, as in the record."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import pgettext


def day(moment: datetime | date) -> str:
    """“31 October 2027”."""
    on = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    # Translators: how a day is written, in the letters of Django's date filter.
    return formats.date_format(on, pgettext("date format", "j F Y"))


def short_moment(at: datetime) -> str:
    """“31 Oct 2027, 14:05”."""
    # Translators: how a moment is written where there is little room, in the letters of Django's date filter.
    return formats.date_format(timezone.localtime(at), pgettext("date format", "j M Y, H:i"))


def moment(at: datetime) -> str:
    """“31 October 2027, 14:05”."""
    # Translators: how a moment is written, in the letters of Django's date filter.
    return formats.date_format(timezone.localtime(at), pgettext("date format", "j F Y, H:i"))
