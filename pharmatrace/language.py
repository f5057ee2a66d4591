"""Pages that people meet before they are signed in, or without it, speak the reader's language; so does one's own account.
The desks speak English; files for machines have no language.

The reader's language is the one asked for in the address (`?lang=de`), or else the one the browser asks for. No cookie is
set to remember it: the links of a page carry it on (`apps.verify.templatetags.tongue`), and redirects do so here.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

FOR_MACHINES = ("/log/", "/.well-known/", "/witness/")
PUBLIC = (
    "/verify/", "/leaflets/", "/01/", "/00/", "/gtin/", "/sscc/", "/ledger/", "/login/", "/account/", "/join/",
)  # fmt: skip
"""Where every sentence is there in every language. Elsewhere a page would mix them."""


class LanguageOfPeople(LocaleMiddleware):
    """Django's own, but for the public files: an answer that varies by language is kept once per language by
    every cache on the way, and tiles are to be kept once."""

    def process_request(self, request: HttpRequest) -> None:
        if _is_public(request):
            speak(request)
        else:
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = translation.get_language()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path_info.startswith(FOR_MACHINES):
            return response
        _lead_on(request, response)
        return super().process_response(request, response)


def speak(request: HttpRequest) -> None:
    """From here on, what is said in answer to `request` is said in the reader's language."""
    translation.activate(chosen(request) or translation.get_language_from_request(request))
    request.LANGUAGE_CODE = translation.get_language()


def chosen(request: HttpRequest) -> str:
    """The language that the address asks for; empty where it asks for none of ours."""
    try:
        asked = request.GET.get("lang", "")
    except TooManyFieldsSent:  # the answer to it wants a language, too
        return ""
    return asked if asked in dict(settings.LANGUAGES) else ""


def wanted(request: HttpRequest) -> list[str]:
    """The reader's languages as two letters, most wanted first, ours or not: a leaflet may be there in more languages than
    our pages. One that the address asks for comes first."""
    first = chosen(request) or (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    header = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    told = [code[:2] for code, quality in header if quality > 0 and code != "*"]
    return [*dict.fromkeys([first, *told] if chosen(request) else [*told, first])]


def with_language(address: str, code: str) -> str:
    """The address with `lang` set to `code`."""
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    query["lang"] = code
    return urlunsplit(parts._replace(query=query.urlencode()))


def _is_public(request: HttpRequest) -> bool:
    if request.path_info == "/":  # the first page, which whoever is signed in sees as their desk
        return settings.SESSION_COOKIE_NAME not in request.COOKIES
    return request.path_info.startswith(PUBLIC)


def _lead_on(request: HttpRequest, response: HttpResponseBase) -> None:
    """A redirect to another page of these keeps the language that the address asked for."""
    asked, to = chosen(request), response.headers.get("Location", "")
    if asked and to.startswith(PUBLIC):
        response["Location"] = with_language(to, asked)
