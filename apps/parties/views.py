"""The did:web document of an organisation, and the choice of whom to act for."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.parties.did_document import did_document
from apps.parties.middleware import SESSION_KEY
from apps.parties.models import Organisation
from apps.parties.selectors import keys_of, memberships_of


@require_safe
def did(request: HttpRequest, organisation_id: UUID) -> JsonResponse:
    """`GET /parties/<id>/did.json`: for everybody, from every origin; a revocation is seen within a minute."""
    organisation = get_object_or_404(Organisation, pk=organisation_id)
    document = did_document(organisation.did, keys_of(organisation.pk))
    response = JsonResponse(document, content_type="application/did+json")
    response["Cache-Control"] = "public, max-age=60"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_required
@require_POST
def choose_membership(request: HttpRequest) -> HttpResponse:
    """Acts for another of one's organisations from now on: field `membership`, optional `next`."""
    text = request.POST.get("membership", "")
    assert request.user.pk is not None  # login_required
    mine = memberships_of(request.user.pk)
    membership = get_object_or_404(mine, pk=int(text) if text.isdecimal() else 0)
    request.session[SESSION_KEY] = membership.pk
    wanted = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(wanted if inside else resolve_url("/"))
