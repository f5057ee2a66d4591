"""Public pages speak the reader's language, the desks English; files for machines have none.

The reader's language is the one asked for in the address (`?lang=de`), or else the one the browser asks for. No cookie is
set to remember it: the links of a page carry it on (`apps.verify.templatetags.tongue`).
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

FOR_MACHINES = ("/log/", "/.well-known/", "/witness/")
PUBLIC = ("/verify/", "/leaflets/", "/01/", "/00/", "/gtin/", "/sscc/")
"""Where every sentence is there in every language. Elsewhere a page would mix them."""


class LanguageOfPeople(LocaleMiddleware):
    """Django's own, but for the public files: an answer that varies by language is kept once per language by
    every cache on the way, and tiles are to be kept once."""

    def process_request(self, request: HttpRequest) -> None:
        if not _is_public(request):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language()
        elif asked := chosen(request):
            translation.activate(asked)
            request.LANGUAGE_CODE = asked
        else:
            super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path_info.startswith(FOR_MACHINES):
            return response
        return super().process_response(request, response)


def chosen(request: HttpRequest) -> str:
    """The language that the address asks for; empty where it asks for none of ours."""
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else ""


def wanted(request: HttpRequest) -> list[str]:
    """The reader's languages as two letters, most wanted first, ours or not: a leaflet may be there in more languages than
    our pages. One that the address asks for comes first."""
    first = chosen(request) or (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    header = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    told = [code[:2] for code, quality in header if quality > 0 and code != "*"]
    return [*dict.fromkeys([first, *told] if chosen(request) else [*told, first])]


def _is_public(request: HttpRequest) -> bool:
    if request.path_info == "/":  # the first page, which whoever is signed in sees as their desk
        return settings.SESSION_COOKIE_NAME not in request.COOKIES
    return request.path_info.startswith(PUBLIC)
