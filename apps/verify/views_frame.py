"""Where a browser sends what its camera sees, and a form its photo. Read at once, never stored, no cookie asked for."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.parties.signing_in import visitor_of
from apps.verify.pace import Pace
from apps.verify.pictures import MOST_OCTETS, Found, codes_in, too_large
from apps.verify.same_site import from_our_page
from pharmatrace.kernel.refusal import Refusal, Refused

MOST_FRAME = 2 * 1024 * 1024  # octets; a frame of the camera is a tenth of that
MOST_FORM = MOST_OCTETS + 64 * 1024  # a photo and the form around it
PICTURES = ("image/jpeg", "image/png")
# Which pages a photo may lead back to, by the name the form gives. No address comes from outside.
TARGETS = {"ask": "verify:ask", "look-up": "desk:look-up", "dispense": "desk:dispense"}
# Seconds of a processor: a frame of a camera, of which there are up to four a second, takes a fiftieth.
PACE = Pace(most=15, window=timedelta(minutes=1))
LEAST_COST = 0.01  # what a request costs whatever is in it
_STATUS = {
    "foreign_page": 403,
    "picture_too_large": 413,
    "picture_type": 415,
    "picture_unknown": 415,
    "too_often": 429,
}


@csrf_exempt
@require_POST
def frame(request: HttpRequest) -> HttpResponse:
    """A JPEG or PNG as the body; answers `{"codes": [{"raw", "symbol"}]}`, those that name a package first.

    Refused as `{"code", "sentence"}`: `foreign_page`, `too_often`, `picture_type`, and as `codes_in` refuses.
    """
    try:
        _admit(request)
        found = _read(request, _body(request))
    except Refused as refused:
        return _refusal(refused.refusals[0])
    answer = {"codes": [{"raw": one.raw, "symbol": one.symbol} for one in found]}
    return _kept_by_nobody(JsonResponse(answer))


@csrf_exempt
@require_POST
def photo(request: HttpRequest) -> HttpResponse:
    """A form with a `photo`, for browsers without scripts: leads to the page named by `to` with the code in the box."""
    try:
        _admit(request)
        found = _read(request, _uploaded(request))
        to = TARGETS.get(request.POST.get("to", ""), TARGETS["ask"])
        if not found:
            raise Refused.one(
                "no_code_in_picture",
                "No code was found in this picture. Go closer, with more light, and hold still.",
            )
    except Refused as refused:
        return _page(request, refused.refusals[0])
    return _kept_by_nobody(HttpResponseRedirect(f"{reverse(to)}?{_asking(found[0])}"))


def _asking(found: Found) -> str:
    return urlencode({"code": found.raw})


def _admit(request: HttpRequest) -> None:
    """Raises `Refused` before anything of the body is read."""
    if not from_our_page(request):
        raise Refused.one("foreign_page", "Pictures are read for the pages of this site only.")
    wait = PACE.wait(visitor_of(request) or "", at=timezone.now())
    if wait:
        raise Refused.one(
            "too_often", f"Too many pictures at once. Try again in {wait} seconds.", wait=wait
        )


def _read(request: HttpRequest, octets: bytes) -> list[Found]:
    begun = time.thread_time()
    try:
        return codes_in(octets)
    finally:
        cost = max(LEAST_COST, time.thread_time() - begun)
        PACE.charge(visitor_of(request) or "", cost, at=timezone.now())


def _body(request: HttpRequest) -> bytes:
    if request.content_type not in PICTURES:
        raise Refused.one("picture_type", "Send the picture itself, as image/jpeg or image/png.")
    if _length(request) > MOST_FRAME:
        raise too_large(MOST_FRAME)
    return request.read(MOST_FRAME)


def _uploaded(request: HttpRequest) -> bytes:
    if _length(request) > MOST_FORM:
        raise too_large(MOST_OCTETS)
    request.upload_handlers = [InMemory(request)]
    uploaded = request.FILES.get("photo")
    return uploaded.read() if uploaded else b""


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


class InMemory(MemoryFileUploadHandler):
    """Never touches a disk. How much there can be was looked at before."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


def _refusal(refusal: Refusal) -> HttpResponse:
    answer = JsonResponse(
        {"code": refusal.code, "sentence": refusal.sentence}, status=_status(refusal)
    )
    return _kept_by_nobody(answer, refusal)


def _page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    # The form is looked into only where it was admitted: then it is read into memory, and is no larger than it may be.
    unread = refusal.code in ("foreign_page", "too_often", "picture_too_large")
    to = "" if unread else request.POST.get("to", "")
    context = {"problem": refusal, "to": to if to in TARGETS else "ask"}
    answer = render(request, "scan/photo_refused.html", context, status=_status(refusal))
    return _kept_by_nobody(answer, refusal)


def _status(refusal: Refusal) -> int:
    return _STATUS.get(refusal.code, 400)


def _kept_by_nobody(response: HttpResponse, refusal: Refusal | None = None) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    if refusal is not None and "wait" in refusal.data:
        response["Retry-After"] = str(refusal.data["wait"])
    return response
