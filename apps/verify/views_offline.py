"""The pages that check evidence in the browser: the one to keep, and the one that QR codes lead to."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.ledger.log_keys import all_vkeys
from apps.ledger.models import Entry
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
    response["Content-Language"] = ", ".join(code for code, _ in settings.LANGUAGES)
    return response


@require_safe
def qr(request: HttpRequest) -> HttpResponse:
    """Where a QR code of evidence leads: the proof is behind the `#`, which no browser sends."""
    try:
        vkey = all_vkeys()
    except Entry.DoesNotExist:
        vkey = ""
    response = render(request, "verify/qr.html", {"vkey": vkey})
    response["Cache-Control"] = "no-store"
    return response
