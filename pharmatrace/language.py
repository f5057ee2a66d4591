"""Pages speak the reader's language; files for machines have none."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware

FOR_MACHINES = ("/log/", "/.well-known/", "/witness/")


class LanguageOfPeople(LocaleMiddleware):
    """Django's own, but for the public files: an answer that varies by language is kept once per language by
    every cache on the way, and tiles are to be kept once."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith(FOR_MACHINES):
            super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path_info.startswith(FOR_MACHINES):
            return response
        return super().process_response(request, response)
