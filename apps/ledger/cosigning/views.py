"""`/witness/`: what C2SP tlog-witness asks of a witness. No account, no session, no cookie: signatures only."""

from __future__ import annotations

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from apps.ledger.cosigning.installation_keys import installation_keys
from apps.ledger.cosigning.store import DatabaseStore
from pharmatrace.kernel.tlog.log_keys import MAX_SUCCESSION
from pharmatrace.kernel.tlog.witness_protocol import MAX_REQUEST, TEXT_TYPE
from pharmatrace.witness import answering
from pharmatrace.witness.answering import Answer
from pharmatrace.witness.keys import WitnessKeyFault

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Cosigns a checkpoint that follows from the last one, or refuses with a status of the specification."""
    try:
        keys = installation_keys()
    except WitnessKeyFault as fault:
        log.error("witness_has_no_key", reason=str(fault))
        return _respond(_told(503, "This witness cannot cosign at the moment."))
    if not _is_at_most(MAX_REQUEST, request):
        return _respond(_told(413, f"The request has more than {MAX_REQUEST} bytes."))
    answer = answering.add_checkpoint(
        request.body, store=DatabaseStore(), keys=keys, clock=timezone.now
    )
    return _respond(answer)


@csrf_exempt
@require_POST
def add_key(request: HttpRequest) -> HttpResponse:
    """A log replaces its key: the note with which the old one names the new one."""
    if not _is_at_most(MAX_SUCCESSION, request):
        return _respond(_told(413, f"The note has more than {MAX_SUCCESSION} bytes."))
    return _respond(answering.add_key(request.body, store=DatabaseStore()))


@require_safe
def latest_checkpoint(request: HttpRequest, origin_hash: str) -> HttpResponse:
    """The checkpoint cosigned last for the log whose origin has this hash."""
    return _respond(answering.latest_checkpoint(origin_hash, store=DatabaseStore()))


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The verifier keys of this witness, one a line, for those who write policies."""
    try:
        lines = "".join(f"{vkey}\n" for vkey in installation_keys().vkeys())
    except WitnessKeyFault as fault:
        log.error("witness_has_no_key", reason=str(fault))
        return _respond(_told(404, "This installation has no witness keys."))
    return _respond(Answer(200, TEXT_TYPE, lines.encode(), "told the keys"))


def _is_at_most(most: int, request: HttpRequest) -> bool:
    """Whether the request says that it has at most so many bytes. It may say so with thousands of digits."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isascii() and length.isdigit() and len(length) <= 12 and int(length) <= most


def _told(status: int, sentence: str) -> Answer:
    return Answer(status, TEXT_TYPE, f"{sentence}\n".encode(), sentence)


def _respond(answer: Answer) -> HttpResponse:
    if answer.status != 200:
        log.info("witness_refused", status=answer.status, reason=answer.told)
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    return response
