"""Icons, times and identifiers, known in every template without loading them. Lists show them in every row: a template of
their own would cost ten times as much."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.verify.moments import short_moment

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """A sign of the sprite. It never speaks alone: a word stands beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
def when(at: datetime | None) -> SafeString | str:
    """A moment in UTC as it is sent; in the reader's zone and with its distance where scripts run
    (static/js/page/times.js)."""
    if not at:
        return "–"
    return format_html(
        '<time datetime="{}" data-local>{} UTC</time>',
        at.astimezone(UTC).isoformat(),
        short_moment(at),
    )


@register.simple_tag
def identifier(text: str, value: str = "", href: str = "") -> SafeString:
    """A code as people read it; `value` is what is copied, where it differs; `href` where it leads, if anywhere."""
    code = (
        format_html(
            '<a class="code" href="{}" dir="ltr" data-copyable="{}">{}</a>', href, value, text
        )
        if href
        else format_html('<span class="code" dir="ltr" data-copyable="{}">{}</span>', value, text)
    )
    return format_html('<span class="identifier">{}</span>', code)
