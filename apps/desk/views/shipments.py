"""Transaction information and statement of a shipment (US law), for both of its sides and the regulator."""

from __future__ import annotations

import re
import tempfile
from typing import Any, ClassVar

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from apps.desk.access import Kind, Member
from apps.desk.oversight.access import looked
from apps.exchange.dscsa.affirming import affirm_statement
from apps.exchange.dscsa.document import write_epcis
from apps.exchange.dscsa.information import (
    STATEMENTS,
    TransactionInformation,
    address_of,
    information_on,
    local,
)
from apps.exchange.dscsa.pdf import PAPERS, write_pdf
from apps.exchange.dscsa.shipment import Shipment, shipment_of
from apps.oversight.models import AccessRecord
from pharmatrace.kernel.refusal import Refused

IN_MEMORY = 1024 * 1024


class OfShipment(Member):
    kwargs: dict[str, Any]

    @cached_property
    def shipment(self) -> Shipment:
        found = shipment_of(self.actor, self.kwargs["pk"])
        if found is None:
            raise Http404
        if self.actor.kind == Kind.REGULATOR:
            sides = [found.sender.pk, found.receiver.pk]
            looked(self.request, AccessRecord.Kind.SHIPMENT, found.reference, sides)
        return found

    @property
    def address(self) -> str:
        return reverse("desk:shipment", args=[self.kwargs["pk"]])


class ShipmentPage(OfShipment, TemplateView):
    template_name = "desk/shipment.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shipment = self.shipment
        shown = super().get_context_data(**context) | {
            "shipment": shipment,
            "shipped": local(shipment.first),
            "from_address": address_of(shipment.sender),
            "to_address": address_of(shipment.receiver),
            "statements": STATEMENTS,
            "is_sender": shipment.sender.pk == self.actor.organisation_id,
            "may_affirm": self.actor.may_operate,
        }
        try:
            return shown | {"told": information_on(shipment)}
        except Refused as refused:
            return shown | {"refusals": refused.refusals}


class Affirm(OfShipment, View):
    records = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            affirm_statement(actor=self.actor, shipment=self.shipment, at=timezone.now())
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, _("The transaction statement is affirmed."))
        return HttpResponseRedirect(self.address)


class Download(OfShipment, View):
    """A file made on request. What stands in its way is told on the page of the shipment."""

    kind: ClassVar[str] = ""
    ending: ClassVar[str] = ""

    def write(self, told: TransactionInformation, target: Any) -> None:
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the answer closes it)
        try:
            self.write(information_on(self.shipment), target)
        except Refused as refused:
            target.close()
            messages.warning(request, str(refused))
            return HttpResponseRedirect(self.address)
        target.seek(0)
        reference = self.shipment.reference.split(":")[-1] or str(pk)
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", reference).strip("-.") or str(pk)
        return FileResponse(
            target,
            as_attachment=True,
            filename=f"shipment-{name}{self.ending}",
            content_type=self.kind,
        )


class Paper(Download):
    kind, ending = "application/pdf", ".pdf"

    def write(self, told: TransactionInformation, target: Any) -> None:
        paper = self.request.GET.get("paper", "")
        write_pdf(told, target, paper=paper if paper in PAPERS else "a4", at=timezone.now())


class Epcis(Download):
    kind, ending = "application/xml", ".xml"

    def write(self, told: TransactionInformation, target: Any) -> None:
        write_epcis(told, target, at=timezone.now())
