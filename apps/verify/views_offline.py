"""The page that checks evidence without us, to look at or to keep."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.verify.offline import offline_page

FILE_NAME = "pharmatrace-check-evidence.html"


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The file; with `?keep` to be saved. The same bytes for everybody."""
    page = offline_page()
    response = HttpResponse(page.html, content_type="text/html; charset=utf-8")
    # Its program and style are inside it, which the policy of our other pages does not allow.
    response["Content-Security-Policy"] = page.policy
    if "keep" in request.GET:
        response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    response["Cache-Control"] = "public, max-age=300"
    return response
