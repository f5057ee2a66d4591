"""The public page: no account, no cookie, no script needed. The same address answers people and machines."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.custody.levels import level_of
from apps.verify.answer import Answer, answer
from apps.verify.as_json import document
from apps.verify.question import Question, asked_by_form, asked_by_link


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to what was typed into it (`code`, or `gtin`, `serial`, …)."""
    question = asked_by_form(request.GET)
    if question is not None:
        return respond(request, question)
    if wants_json(request):
        sentence = "Ask with ?code= or with ?gtin= and &serial=."
        return _public(JsonResponse({"error": sentence}, status=400))
    return _fresh(render(request, "verify/ask.html", {"asked": request.GET}))


@require_safe
def link(request: HttpRequest, rest: str) -> HttpResponse:
    """A GS1 Digital Link: the address itself is the question."""
    return respond(request, asked_by_link(request))


def respond(request: HttpRequest, question: Question) -> HttpResponse:
    """The answer in the form that was asked for."""
    found = answer(question, at=timezone.now())
    evidence = _evidence_address(found)
    status = found.verdict.http_status
    if wants_json(request):
        url = request.build_absolute_uri(evidence) if evidence else None
        return _public(JsonResponse(document(found, evidence_url=url), status=status))
    steps = found.record.steps if found.record else ()
    context = {
        "answer": found,
        "asked": request.GET,
        "evidence_url": evidence,
        "certificate_url": _evidence_address(found, "certificate", ".pdf"),
        "level": level_of(getattr(request, "membership", None), steps),
        "permanent_url": request.build_absolute_uri(f"/{found.path}") if found.path else None,
    }
    return _fresh(render(request, "verify/answer.html", context, status=status))


def wants_json(request: HttpRequest) -> bool:
    """`?format=` decides; without it the Accept header does, and people win a tie."""
    wanted = request.GET.get("format")
    if wanted is not None:
        return wanted == "json"
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _evidence_address(found: Answer, name: str = "evidence", ending: str = "") -> str | None:
    if found.record is None:
        return None
    address = reverse(f"verify:{name}", args=["x"]).removesuffix(f"x{ending}")
    return address + found.record.package.path + ending


def _fresh(response: HttpResponse) -> HttpResponse:
    """An answer is of this moment: nobody keeps it."""
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept, Accept-Language, Cookie"
    return response


def _public(response: HttpResponse) -> HttpResponse:
    """What is public may be read by any page of any site; no cookie travels with such a request."""
    response["Access-Control-Allow-Origin"] = "*"
    return _fresh(response)
