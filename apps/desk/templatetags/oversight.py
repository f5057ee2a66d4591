"""Tags of the authority's pages."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def lasting(took: timedelta) -> str:
    """How long, as people say it: minutes, hours, then days. What lies before its start is said to be so."""
    minutes = round(took.total_seconds() / 60)
    if minutes < 0:
        return _("%(time)s earlier") % {"time": lasting(-took)}
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        days = round(hours / 24)
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
    return _("%(minutes)s min") % {"minutes": minutes}
