"""Dispensing is undone: within ten days, at the same site, and with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.custody.outcomes import CaptureResult
from apps.custody.selectors import find
from apps.desk.access import Kind
from apps.desk.counter import handed
from apps.desk.forms.undoing import UndoForm
from apps.desk.recording import Recording, in_events
from apps.desk.scans import read_scan
from apps.safety.explaining import explain_undo
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody import kinds as custody
from pharmatrace.kernel.epcis.model import Event


class UndoDispense(Recording):
    kinds = (Kind.PHARMACY,)
    form_class = UndoForm
    template_name = "desk/undo_dispense.html"
    heading = gettext_lazy("Undo dispensing")
    lead = gettext_lazy("Only within ten days, at the same site, and only if the pack never left the counter.")  # fmt: skip
    button = gettext_lazy("Undo dispensing")
    icon = "return"

    def get_initial(self) -> dict[str, Any]:
        return {"packages": "\n".join(self.request.GET.getlist("package"))}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {"one": self._one()}

    def _one(self) -> Any:
        """The single pack that the address names, with its window; None where it names none or several."""
        named = self.request.GET.getlist("package")
        identity = read_scan(named[0]).identity if len(named) == 1 else None
        package = find(identity.path) if identity else None
        if package is None or package.status != custody.Status.SUPPLIED:
            return None
        return handed(package) if package.custodian_id == self.actor.organisation_id else None

    def events(self, data: dict[str, Any], *, at: datetime) -> Sequence[Event]:
        return [
            acts.act(custody.Kind.UNDO_DISPENSE, portion, site_gln=self.actor.site_gln, at=at)
            for portion in in_events(data["packages"].uris)
        ]

    @transaction.atomic
    def record(self, data: dict[str, Any], *, moment: datetime, now: datetime) -> CaptureResult:
        """The reason is kept beside the event: an event is signed for others, and why is nobody's but ours."""
        result = super().record(data, moment=moment, now=now)
        new = [one.event_id for one in result.outcomes if one.fate == "accepted" and one.event_id]
        explain_undo(
            actor=self.actor,
            event_ids=new if result.ok else (),
            reason=data["reason"],
            note=data["note"],
            at=now,
        )
        return result

    def said(self, data: dict[str, Any]) -> str:
        return _("Undone: the pack is on your shelf again.")

    def after(self, data: dict[str, Any], result: CaptureResult) -> str:
        return reverse("desk:dispense")
