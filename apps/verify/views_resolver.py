"""What this resolver says about itself."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from apps.verify.links import VOCABULARY


@require_safe
def description(request: HttpRequest) -> JsonResponse:
    """`/.well-known/gs1resolver`, by the schema of the GS1-Conformant Resolver Standard 1.2."""
    told = {
        "name": "PharmaTrace",
        "resolverRoot": request.build_absolute_uri("/"),
        "supportedPrimaryKeys": ["00", "01"],
        "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
        "linkTypeDefaultCanBeLinkset": False,
    }
    response = JsonResponse(told)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=3600"
    return response
