"""The Digital Link resolver: what else there is about a product or pack, for machines (GS1-Conformant Resolver Standard,
RFC 9264).

`?linkType=linkset` (or `all`, the older word) and `Accept: application/linkset+json` give the list of links;
`?linkType=gs1:epil` and its like lead to one of them, for a reader with several languages to the one they read. A link that
is not there is 404 and never a page that says so with 200.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from apps.verify.links import LINK_TYPES, VOCABULARIES, Links, links_about
from apps.verify.paths import path_of
from apps.verify.question import Question
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.language import wanted

LINKSET = "application/linkset+json"
WHOLE = ("linkset", "all")
METHODS = "GET, HEAD, OPTIONS"


def resolve(request: HttpRequest, question: Question) -> HttpResponse | None:
    """The answer to a question about links; None where something else was asked, or where the code is none."""
    asked = request.GET.get("linkType", "").strip()
    if request.method == "OPTIONS":
        return HttpResponse(
            status=204, headers={"Allow": METHODS, "Access-Control-Allow-Methods": METHODS}
        )
    if not asked and not _wants_linkset(request):
        return None
    found = links_about(question, root=request.build_absolute_uri("/"))
    if found is None:
        return None
    if not asked or asked in WHOLE:
        return _linkset(request, found)
    name = _name(asked)
    if name == "defaultLink":
        return None
    targets = found.of(name) if name else []
    if not targets:
        return _nothing(request, asked, found)
    # 307: the next reader of the same address may be sent to another one.
    return HttpResponseRedirect(_best(targets, wanted(request)), preserve_request=True)


def link_header(question: Question) -> str:
    """Where the list of links is, and the address that GS1 gives the same thing; empty where the code names nothing."""
    path = path_of(question)
    if path is None:
        return ""
    return f'</{path}?linkType=linkset>; rel="linkset"; type="{LINKSET}", <{RESOLVER}{path}>; rel="owl:sameAs"'


def _wants_linkset(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json", LINKSET]) == LINKSET


def _linkset(request: HttpRequest, found: Links) -> JsonResponse:
    plain = request.get_preferred_type([LINKSET, "application/json"]) == "application/json"
    return JsonResponse(found.document(), content_type="application/json" if plain else LINKSET)


def _nothing(request: HttpRequest, asked: str, found: Links) -> HttpResponse:
    there = sorted({f"gs1:{one.kind}" for one in found.links})
    if request.get_preferred_type(["text/html", "application/json", LINKSET]) != "text/html":
        sentence = f"There is no link of type {asked[:80]} here."
        return JsonResponse({"error": sentence, "linkTypes": there}, status=404)
    context = {"page": f"/{found.path}"}
    return render(request, "verify/no_link.html", context, status=404)


def _name(asked: str) -> str | None:
    """The name of a link type in GS1's vocabulary, from a CURIE or an address; None for another vocabulary's."""
    for stem in ("gs1:", *VOCABULARIES):
        if asked.startswith(stem):
            name = asked.removeprefix(stem)
            return name if name in LINK_TYPES else None
    return None


def _best(targets: list[tuple[str, str]], languages: list[str]) -> str:
    """Of addresses with a language each (empty: any), the one this reader reads."""

    def rank(target: tuple[str, str]) -> int:
        return languages.index(target[1]) if target[1] in languages else len(languages)

    return min(targets, key=rank)[0]
