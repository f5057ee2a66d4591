"""Scans arrive: from a device as JSON, in batches and as often as it likes; from a form one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from apps.desk.access import TRADERS, Member
from apps.desk.models import ScanSession
from apps.desk.sessions.add_scans import MOST_LINES, Answered, Scan, add_scans
from apps.desk.sessions.picking import picks_of
from apps.desk.sessions.reading_json import read_batch
from apps.desk.sessions.selectors import progress_of, sessions_at, with_packages
from apps.desk.templatetags.desk import plainly
from pharmatrace.kernel.refusal import Refusal, Refused

STATUS = {"session_unknown": 404, "not_operator": 403, "too_many_scans": 413}


class Scans(Member, View):
    """POST JSON: answered scan by scan, the same scan the same way. POST a form: back to the page."""

    kinds = TRADERS
    records = True

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        if (request.content_type or "").lower() == "application/json":
            return self.from_device(request, pk)
        return self.from_form(request, pk)

    def from_device(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        try:
            scans, bad = read_batch(request.body)
            answered = add_scans(
                actor=self.actor,
                session_id=pk,
                scans=scans,
                at=timezone.now(),
                calibration=self.calibration,
            )
        except RequestDataTooBig:
            return _problem(Refusal("too_large", f"At most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} octets."), 413)  # fmt: skip
        except Refused as refused:
            code = refused.codes[0]
            return _problem(refused.refusals[0], STATUS.get(code, 400))
        session = sessions_at(self.actor).get(pk=pk)
        return JsonResponse(
            {
                "scans": [*_as_json(request, session, answered), *(_no(id, r) for id, r in bad)],
                "progress": progress_of(session).as_json(),
                "picks": _picks(request, session),
                "state": session.state,
            }
        )

    def from_form(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        now = timezone.now()
        codes = [line for line in request.POST.get("code", "").splitlines() if line.strip()]
        first = _uuid(request.POST.get("scan_id", ""))
        scans = [
            Scan(first if first and n == 0 else uuid4(), code, now, request.POST.get("source", ""))
            for n, code in enumerate(codes[: MOST_LINES + 1])  # one too many is refused with all
        ]
        try:
            answered = add_scans(
                actor=self.actor,
                session_id=pk,
                scans=scans,
                at=now,
                calibration=self.calibration,
            )
        except Refused as refused:
            messages.warning(request, str(refused))
            return HttpResponseRedirect(reverse("desk:sessions"))
        for one in {a.refusal.sentence: a.refusal for a in answered if a.refusal}.values():
            messages.warning(request, one.sentence)
        return HttpResponseRedirect(reverse("desk:session", args=[pk]))


def _as_json(
    request: HttpRequest, session: ScanSession, answered: Sequence[Answered]
) -> list[dict[str, Any]]:
    rows = {row.line.pk: row for row in with_packages(a.line for a in answered if a.line)}
    out = []
    for one in answered:
        if one.line is None:
            assert one.refusal is not None
            out.append(_no(str(one.scan.id), one.refusal))
            continue
        line = one.line
        html = render_to_string(
            "desk/sessions/_line.html",
            {"row": rows[line.pk], "session": session, "may_change": True},
            request=request,
        )
        out.append(
            {
                "id": str(line.scan_id), "line": line.pk, "outcome": line.outcome,
                "code": line.code, "sentence": plainly(line.sentence),
                "html": "" if line.removed_at else html,
            }
        )  # fmt: skip
    return out


def _picks(request: HttpRequest, session: ScanSession) -> str:
    """The table of an order with what is scanned for it by now; nothing without one."""
    if session.order_id is None:
        return ""
    context = {"picks": picks_of(session.order_id)}
    return render_to_string("desk/sessions/_picks.html", context, request=request)


def _no(id: str, refusal: Refusal) -> dict[str, Any]:
    return {"id": id, "outcome": "refused", "code": refusal.code, "sentence": refusal.sentence}


def _problem(refusal: Refusal, status: int) -> HttpResponse:
    return JsonResponse({"code": refusal.code, "sentence": refusal.sentence}, status=status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
