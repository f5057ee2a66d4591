"""Anybody reports a suspicion: no account, no cookie, no script; and asks later how it goes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from apps.custody import selectors as custody
from apps.parties.signing_in import visitor_of
from apps.safety.models import Report
from apps.safety.photos import MOST_OCTETS
from apps.safety.report_rate import may_report
from apps.safety.reporting import found_words, report_called, report_suspicion
from apps.verify.question import asked_code
from apps.verify.record import product_of
from apps.verify.refusal_words import said
from apps.verify.report_form import ReportForm
from apps.verify.views import fresh
from pharmatrace.kernel.refusal import Refused

MOST_OF_A_FORM = MOST_OCTETS + 64 * 1024


@csrf_exempt  # no cookie, so no authority that another site could borrow
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form, with `?code=` the pack it is about; sent, it leads to the page of the report."""
    if request.method != "POST":
        return _form(request, ReportForm(initial={"code": request.GET.get("code", "")[:300]}))
    if _announced(request) > MOST_OF_A_FORM:
        form = ReportForm()  # what was sent is not even read
        return _form(request, form, problem=said("photo_size"), status=413)
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, form, status=422)
    now = timezone.now()
    if not may_report(visitor=visitor_of(request), at=now):
        response = _form(request, form, problem=said("report_rate"), status=429)
        response["Retry-After"] = "3600"
        return response
    try:
        made = _take(form.cleaned_data, at=now)
    except Refused as refused:
        for one in refused.refusals:
            form.add_error(one.data.get("field"), str(said(one.code, one.sentence)))
        return _form(request, form, status=422)
    return HttpResponseRedirect(reverse("verify:report-state", args=[made.reference]))


@require_safe
def report_state(request: HttpRequest, reference: str = "") -> HttpResponse:
    """How a report goes, for whoever knows its number; without one, a form to ask with."""
    asked = reference or request.GET.get("reference", "")[:40]
    found = report_called(asked) if asked else None
    context: dict[str, Any] = {"report": found, "asked": asked}
    if found is not None:
        context |= {
            "found": found_words(found.found),
            "closed_at": found.alert.closed_at,
            "new": (timezone.now() - found.reported_at).total_seconds() < 600,
        }
    status = 404 if asked and found is None else 200
    return fresh(render(request, "verify/report_state.html", context, status=status))


def _announced(request: HttpRequest) -> int:
    """How long the request says it is; Django reads no further than that."""
    told = request.META.get("CONTENT_LENGTH") or ""
    return int(told) if told.isdecimal() else 0


def _take(data: dict[str, Any], *, at: Any) -> Report:
    """The report of what the form says, about the pack that its code names."""
    code = data["code"].strip()
    question = asked_code(code)
    identity = question.reading.identity if question and question.problem is None else None
    package = custody.find(identity.path) if identity else None
    batch = package.batch if package else None
    return report_suspicion(
        once=data["once"],
        found=data["found"],
        words=data["words"],
        photo=data["photo"].read() if data["photo"] else None,
        contact=data["contact"],
        code=code,
        package_id=package.id if package else None,
        package_path=identity.path if identity else "",
        product=batch.product if batch else (product_of(question) if question else None),
        batch=batch,
        language=(get_language() or "en")[:2],
        at=at,
    )


def _form(
    request: HttpRequest, form: ReportForm, *, problem: Any = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "problem": problem}
    return fresh(render(request, "verify/report.html", context, status=status))
