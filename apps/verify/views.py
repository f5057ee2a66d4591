"""The public page: no account, no cookie, no script needed. The same address answers people and machines."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.custody.levels import level_of
from apps.verify.answer import Answer, answer
from apps.verify.as_json import document
from apps.verify.leaflet_choice import choose_leaflet
from apps.verify.looking import looked
from apps.verify.question import Question, asked_by_form, asked_by_link
from apps.verify.resolver import link_header, resolve


@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to what was typed into it (`code`, or `gtin`, `serial`, …)."""
    question = asked_by_form(request.GET)
    if question is not None:
        return respond(request, question)
    if wants_json(request):
        sentence = "Ask with ?code= or with ?gtin= and &serial=."
        return public(JsonResponse({"error": sentence}, status=400))
    return fresh(render(request, "verify/ask.html", {"asked": request.GET}))


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def link(request: HttpRequest, rest: str) -> HttpResponse:
    """A GS1 Digital Link: the address itself is the question. Asked for links, it is a resolver; otherwise it answers."""
    question = asked_by_link(request)
    response = resolve(request, question)
    if response is None:
        response = respond(request, question)
    if header := link_header(question):
        response["Link"] = header
    return public(response)


def respond(request: HttpRequest, question: Question) -> HttpResponse:
    """The answer in the form that was asked for."""
    found = answer(question, at=timezone.now())
    evidence = _evidence_address(found)
    status = found.verdict.http_status
    if wants_json(request):
        url = request.build_absolute_uri(evidence) if evidence else None
        return public(JsonResponse(document(found, evidence_url=url), status=status))
    context = _context(request, found) | {
        "evidence_url": evidence,
        "certificate_url": _evidence_address(found, "certificate", ".pdf"),
    }
    return fresh(render(request, "verify/answer.html", context, status=status))


def _context(request: HttpRequest, found: Answer) -> dict[str, Any]:
    steps = found.record.steps if found.record else ()
    return {
        "answer": found,
        "asked": request.GET,
        "level": level_of(getattr(request, "membership", None), steps),
        "permanent_url": request.build_absolute_uri(f"/{found.path}") if found.path else None,
        "looks": looked(request, found),
        "leaflets": choose_leaflet(request, found.product) if found.product else None,
        "report_code_quoted": quote(
            found.path or (found.question.text[:300] if found.question else ""), safe=""
        ),
    }


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


def fresh(response: HttpResponse) -> HttpResponse:
    """An answer is of this moment: nobody keeps it."""
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept, Accept-Language, Cookie"
    return response


def public(response: HttpResponse) -> HttpResponse:
    """What is public may be read by any page of any site; no cookie travels with such a request."""
    response["Access-Control-Allow-Origin"] = "*"
    return fresh(response)
