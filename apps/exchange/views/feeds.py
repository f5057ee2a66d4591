"""/feeds/{id}: where a partner's subscription sends its reports. The signature is who it is; there is no account."""

from __future__ import annotations

from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.exchange.delivering import DELIVERY
from apps.exchange.feeding import take_report
from apps.exchange.models import Feed
from apps.exchange.problems import EpcisException, invalid, problem_response
from apps.exchange.reading import most_bytes
from apps.exchange.webhooks.signing import HEADER
from pharmatrace.kernel.refusal import Refused


@csrf_exempt
@require_POST
def report(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    """202 for a report that is now a capture job, 200 for one that came before; 401 for what is not signed
    by the partner, 404 for a feed that is closed or never was."""
    try:
        return _take(request, feed_id)
    except EpcisException as problem:
        return problem_response(problem, xml=False)
    except Refused as refused:
        first = refused.refusals[0]
        if first.code == "signature_wrong":
            denied = EpcisException("SecurityException", first.sentence, status=401)
            return problem_response(denied, xml=False)
        return problem_response(invalid(refused.refusals), xml=False)


def _take(request: HttpRequest, feed_id: UUID) -> HttpResponse:
    feed = (
        Feed.objects.select_related("membership__organisation", "membership__user")
        .filter(
            pk=feed_id,
            closed_at=None,
            membership__user__is_active=True,
            membership__ended_at=None,  # else 202, and nothing is recorded
        )
        .first()
    )
    if feed is None:
        raise EpcisException("NoSuchNameException", "There is no such feed.")
    body = request.read(most_bytes() + 1)
    if len(body) > most_bytes():
        raise EpcisException(
            "CaptureLimitExceededException", f"At most {most_bytes():,} octets a report."
        )
    job, new = take_report(
        feed=feed,
        body=body,
        signature=request.headers.get(HEADER, ""),
        delivery=request.headers.get(DELIVERY, ""),
        at=timezone.now(),
    )
    told = {"captureID": str(job.pk), "events": job.total}
    return HttpResponse(orjson.dumps(told), "application/json", 202 if new else 200)
