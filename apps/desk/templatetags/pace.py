"""How fast and how long, in words."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def duration(span: timedelta) -> str:
    """How long, as people say it: seconds under a minute and a half, then minutes, then hours and minutes."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < 90:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}


@register.filter
def rate(a_second: float) -> str:
    """Whole numbers above ten a second, one decimal below."""
    return number_format(a_second, decimal_pos=0 if a_second >= 10 else 1, force_grouping=True)
