"""Error pages in the reader's language where nobody is signed in: strangers meet them at addresses that are no page of ours.
Whoever is signed in sees them as part of the desk, which speaks English. 500 is one static page in every language.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views import csrf, defaults

from pharmatrace.language import FOR_MACHINES, speak

View = Callable[..., HttpResponseBase]


def _spoken(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **more: object) -> HttpResponseBase:
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not signed_in and not request.path_info.startswith(FOR_MACHINES):
            speak(request)
        return view(request, *args, **more)

    return answer


bad_request = _spoken(defaults.bad_request)
forbidden = _spoken(defaults.permission_denied)
not_found = _spoken(defaults.page_not_found)
form_too_old = _spoken(csrf.csrf_failure)
