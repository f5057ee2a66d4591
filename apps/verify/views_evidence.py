"""The evidence bundle as a file: as much as the reader may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import cast

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.custody import selectors as custody
from apps.custody.levels import is_party_to, level_of
from apps.custody.models import CustodyEvent, Package
from apps.ledger.evidence import NoEvidence
from apps.parties.models import ApiToken, Membership, Organisation
from apps.parties.selectors import token_of
from apps.verify.certificate import certificate
from apps.verify.question import Question, asked_by_path, raw_address
from apps.verify.services import prove, prove_event
from apps.verify.statements import StatementFault
from apps.verify.views import respond, wants_json
from pharmatrace.kernel.evidence.bundle import MEDIA_TYPE, read_bundle
from pharmatrace.kernel.refusal import Refused

log = structlog.get_logger(__name__)
_NOT_A_NAME = re.compile(r"[^0-9A-Za-z.-]+")


@require_safe
def evidence(request: HttpRequest, path: str) -> HttpResponse:
    """The bundle of the package with this canonical path; strangers get the public one.

    404 with the usual answer where there is no such package, 503 while its newest event waits for the
    log, 409 where the record is not what was signed.
    """
    package = _package_at(request, path)
    if not isinstance(package, Package):
        return respond(request, package)
    membership = _who_asks(request)
    level = level_of(membership, custody.history(package.id))
    organisation_id = membership.organisation_id if membership else None
    return _given(
        request,
        lambda: prove(package=package, level=level, organisation_id=organisation_id),
        name=package.path,
    )


@require_safe
def certificate_of(request: HttpRequest, path: str) -> HttpResponse:
    """One page of paper about the package, from its public evidence; the same for everybody. Refused as above."""
    package = _package_at(request, path, ending=".pdf")
    if not isinstance(package, Package):
        return respond(request, package)

    def make() -> bytes:
        bundle = read_bundle(prove(package=package, level="public"))
        return certificate(
            bundle,
            site=settings.SITE_URL,
            reader=settings.SITE_URL + reverse("verify:qr"),
            log_vkey=bundle.log.vkey,
            at=timezone.now(),
        )

    return _given(request, make, name=package.path, media_type="application/pdf", ending="pdf")


@require_safe
def event_evidence(request: HttpRequest, digest: str) -> HttpResponse:
    """The bundle of the event whose hash ID has this digest (hex), for a party to it and for regulators. Whoever
    sees an event sees that it was declared wrong, whoever says so.

    404 for everybody else, as where there is no such event; 503 and 409 as above.
    """
    membership = _who_asks(request)
    events = list(CustodyEvent.objects.filter(hash=bytes.fromhex(digest)).order_by("id"))
    if membership is None or not any(_may_see(membership, event) for event in events):
        return _none(request, "There is no such event that you may see.", status=404)
    regulator = membership.organisation.kind == Organisation.Kind.REGULATOR
    return _given(
        request,
        lambda: prove_event(events=events, level="regulator" if regulator else "party"),
        name=f"event-{digest[:16]}",
    )


def _may_see(membership: Membership, event: CustodyEvent) -> bool:
    return membership.organisation.kind == Organisation.Kind.REGULATOR or is_party_to(
        event, membership.organisation_id
    )


def _package_at(request: HttpRequest, path: str, *, ending: str = "") -> Package | Question:
    """The package that the address names after its prefix, or the question which has no such answer."""
    prefix = request.path[: len(request.path) - len(path) - len(ending)]
    asked = raw_address(request).partition("?")[0].removeprefix(prefix).removesuffix(ending)
    question = asked_by_path(asked)
    identity = question.reading.identity
    return (custody.find(identity.path) if identity else None) or question


def _given(
    request: HttpRequest,
    make: Callable[[], bytes],
    *,
    name: str,
    media_type: str = MEDIA_TYPE,
    ending: str = "json",
) -> HttpResponse:
    """The file, or why there is none."""
    try:
        file = make()
    except Refused as refused:
        return _none(request, str(refused), status=503)
    except (NoEvidence, StatementFault) as fault:
        log.error("evidence_refused", about=name, reason=str(fault))
        return _none(request, "The record is not what was signed, or was erased.", status=409)
    response = HttpResponse(file, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{file_name(name, ending)}"'
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Authorization, Cookie"
    return response


def file_name(about: str, ending: str = "json") -> str:
    """A name that every file system takes."""
    return f"pharmatrace-{_NOT_A_NAME.sub('-', about)}.{ending}"


def _who_asks(request: HttpRequest) -> Membership | None:
    """Whoever is signed in, or a machine whose token may read."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = token_of(text.strip(), at=timezone.now())
        if token is not None and ApiToken.Scope.READ in token.scopes:
            return token.membership
        return None
    return cast("Membership | None", getattr(request, "membership", None))


def _none(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"error": sentence}, status=status)
    else:
        context = {"sentence": sentence, "later": status == 503}
        response = render(request, "verify/no_evidence.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "2"
    response["Cache-Control"] = "no-store"
    return response
