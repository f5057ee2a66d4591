"""Leaflets for everybody: the page of one version, and its file, which never changes under its address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from csp.decorators import csp_exempt
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.catalog.leaflet_text import parts_of
from apps.catalog.leaflets import current_leaflets, storage_name, versions_of
from apps.catalog.models import Leaflet
from apps.verify.tongues import language_name
from apps.verify.views import fresh


@require_safe
def leaflet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One version: since when it holds or until when it did, its words where they are given, and its file."""
    found = get_object_or_404(Leaflet.objects.select_related("product__manufacturer"), pk=pk)
    versions = versions_of(found)
    context: dict[str, Any] = {
        "leaflet": found,
        "versions": versions,
        "newest": versions[0],
        "parts": parts_of(found.text),
        "spoken": language_name(found.language),
        "others": [one for one in current_leaflets(found.product_id) if one.pk != versions[0].pk],
    }
    return fresh(render(request, "verify/leaflet.html", context))


@csp_exempt()  # type: ignore[arg-type]  # a browser's own reader of PDF does not open under our policy
@require_safe
def leaflet_pdf(request: HttpRequest, digest: str) -> HttpResponseBase:
    """The file with this SHA-256: kept by whoever wants to, for ever."""
    if not Leaflet.objects.filter(sha256=digest).exists():
        raise Http404
    try:
        file = default_storage.open(storage_name(digest))
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = FileResponse(
        file, content_type="application/pdf", filename=f"leaflet-{digest[:12]}.pdf"
    )
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = f'"{digest}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
