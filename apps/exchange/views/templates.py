"""/epcis/templates/…: the empty tables. They hold nobody's data, so anybody may have them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.exchange.intake.columns import TEMPLATES
from apps.exchange.intake.templates import FORMS, template


@require_safe
def download(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """`/epcis/templates/ship.xlsx`; 404 for kinds and forms there are not."""
    if kind not in TEMPLATES or form not in FORMS:
        raise Http404
    name = f'attachment; filename="{kind}.{form}"'
    return HttpResponse(template(kind, form), FORMS[form], headers={"Content-Disposition": name})
