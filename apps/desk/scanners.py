"""Which scanner a device has: remembered by the device itself, in a cookie that says nothing but which row.

A site may have many scanners and many devices; each device remembers one. The cookie travels with forms, with htmx
and with scans that waited for the network, so whatever takes scans asks here.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.parties.actor import Actor, actor_of
from apps.parties.models import Scanner
from apps.parties.selectors import scanners_at
from pharmatrace.kernel.gs1.calibration import Calibration
from pharmatrace.kernel.refusal import Refused

COOKIE = "scanner"
KEPT = timedelta(days=400)  # as long as browsers keep any cookie


def scanner_of(request: HttpRequest, actor: Actor) -> Scanner | None:
    """The scanner of the device that asks, if it is one of the actor's site. No query without the cookie."""
    try:
        remembered = UUID(request.COOKIES.get(COOKIE, ""))
    except ValueError:
        return None
    return scanners_at(actor).filter(pk=remembered).first()


def calibration_of(request: HttpRequest) -> Calibration | None:
    """How to read what the device's scanner types; None where it was never calibrated."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return None
    scanner = scanner_of(request, actor_of(membership))
    return learned(scanner.calibration) if scanner else None


@lru_cache(maxsize=512)
def learned(stored: str) -> Calibration | None:
    """A stored calibration; None where an older version of ours wrote it in another form."""
    try:
        return Calibration.from_json(stored)
    except Refused:
        return None


def remember(response: HttpResponse, scanner: Scanner) -> None:
    """From now on this device has this scanner."""
    response.set_cookie(
        COOKIE,
        str(scanner.pk),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget(response: HttpResponse) -> None:
    """From now on this device has none."""
    response.delete_cookie(COOKIE, samesite="Lax")
