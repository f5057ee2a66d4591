"""What partners say about organisations, sites and products, beside what our record says."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from apps.desk.access import Member
from apps.desk.oversight.access import looked_over
from apps.desk.paging import page_of
from apps.exchange.master_data.deciding import accept_proposal, decline_proposal
from apps.exchange.master_data.models import Proposal
from apps.exchange.master_data.selectors import compared, open_proposals
from apps.parties.permissions import may
from pharmatrace.kernel.refusal import Refused


class MasterData(Member, TemplateView):
    template_name = "desk/master_data.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = page_of(open_proposals(self.actor), self.request)
        looked_over(self.request, {row.organisation_id for row in page})
        return super().get_context_data(**context) | {
            "page": page,
            "proposals": compared(list(page), self.actor),
        }


class Decide(Member, View):
    """Takes the ticked fields over, or declines; an administrator's to do."""

    records = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not may(self.membership, "administer"):
            raise PermissionDenied(_("An administrator of your organisation decides about this."))
        proposal = get_object_or_404(self.readable(), pk=pk)
        try:
            self.decide(proposal)
        except Refused as refused:
            for one in refused.refusals:
                messages.warning(request, one.sentence)
        return HttpResponseRedirect(reverse("desk:master-data"))

    def readable(self) -> Any:
        """Decided ones too: a form sent twice is told so."""
        if self.actor.kind == "regulator":
            return Proposal.objects.all()
        return Proposal.objects.filter(organisation_id=self.actor.organisation_id)

    def decide(self, proposal: Proposal) -> None:
        raise NotImplementedError


class Accept(Decide):
    def decide(self, proposal: Proposal) -> None:
        fields = self.request.POST.getlist("field")
        done = accept_proposal(
            actor=self.actor, proposal=proposal, fields=fields, at=timezone.now()
        )
        messages.success(
            self.request,
            _("Taken over for %(key)s: %(fields)s.")
            % {"key": done.key, "fields": ", ".join(done.taken).replace("_", " ")},
        )


class Decline(Decide):
    def decide(self, proposal: Proposal) -> None:
        decline_proposal(actor=self.actor, proposal=proposal, at=timezone.now())
        messages.success(self.request, _("Declined: nothing of it was taken over."))
