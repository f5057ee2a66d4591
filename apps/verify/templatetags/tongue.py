"""Links that keep the language which the address asks for: there is no cookie to remember it."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language

from apps.parties.countries import country_alone, country_name
from apps.verify import moments
from apps.verify.tongues import language_name
from pharmatrace.language import chosen, with_language

register = template.Library()
register.filter("day", moments.day)
register.filter("moment", moments.moment)
register.filter("short_moment", moments.short_moment)
register.filter("country_in", country_name)
register.filter("country_alone", country_alone)


@register.simple_tag(takes_context=True)
def same_tongue(context: dict[str, Any], address: str) -> str:
    """The address with the language that was asked for; as it is where none was."""
    request = context.get("request")
    asked = chosen(request) if request is not None else ""
    return with_language(address, asked) if asked else address


@register.simple_tag(takes_context=True)
def tongue_url(context: dict[str, Any], name: str, *args: Any) -> str:
    """The address of the page called `name`, with the language that was asked for."""
    return same_tongue(context, reverse(name, args=args))


@register.inclusion_tag("_languages.html", takes_context=True)
def languages(context: dict[str, Any]) -> dict[str, Any]:
    """This page in each language, each named by itself."""
    request: HttpRequest = context["request"]
    here = request.get_full_path()
    return {
        "now": get_language(),
        "languages": [(code, name, with_language(here, code)) for code, name in settings.LANGUAGES],
    }


@register.simple_tag(takes_context=True)
def asked_tongue(context: dict[str, Any]) -> str:
    """The language that the address asks for, or nothing: for a form's hidden field."""
    request = context.get("request")
    return chosen(request) if request is not None else ""


@register.simple_tag
def tongue_name(code: str) -> Any:
    """A language, named by itself and marked as such for those who hear it."""
    return format_html('<span lang="{}">{}</span>', code, language_name(code))


@register.simple_tag
def words_address() -> str:
    """Where our modules find their words in the language of the page; empty for English, which is in them."""
    code = get_language() or "en"
    return "" if code == "en" else static(f"js/words/{code}.json")
