"""The leaflets of a product: what the public reads, and a form for the next version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.catalog.leaflets import add_leaflet
from apps.catalog.models import Leaflet, Product
from apps.catalog.selectors import products_for
from apps.desk.access import Kind, refuse_others
from apps.desk.forms.leaflets import LeafletForm
from apps.desk.views.catalog import Register
from apps.parties.permissions import may


class Leaflets(Register):
    """Regulators and viewers look; operators of the manufacturer add versions."""

    kinds = (Kind.MANUFACTURER, Kind.REGULATOR)  # type: ignore[assignment]  # both, to look
    records = False
    form_class = LeafletForm
    template_name = "desk/leaflets.html"

    @cached_property
    def product(self) -> Product:
        return get_object_or_404(products_for(self.actor), pk=self.kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_others(request, kinds=(Kind.MANUFACTURER,), records=True)
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"market": self.product.market}

    def register(self, data: dict[str, Any]) -> HttpResponse:
        leaflet = add_leaflet(
            actor=self.actor,
            user=self.membership.user,
            product=self.product,
            language=data["language"],
            market=data["market"],
            pdf=data["pdf"].read(),
            text=data["text"],
            at=timezone.now(),
        )
        messages.success(
            self.request,
            _("Version %(version)s is shown to the public now.") % {"version": leaflet.version},
        )
        return HttpResponseRedirect(reverse("desk:leaflets", args=[self.product.pk]))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = list(
            Leaflet.objects.filter(product=self.product)
            .select_related("uploaded_by")
            .order_by("market", "language", "-version")
        )
        newest = {(row.market, row.language): row.pk for row in reversed(rows)}
        makes = self.actor.kind == Kind.MANUFACTURER
        return super().get_context_data(**context) | {
            "product": self.product,
            "leaflets": [(row, row.pk in newest.values()) for row in rows],
            "may_add": makes and may(self.membership, "operate"),
        }
