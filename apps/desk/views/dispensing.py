"""The counter: one box, the verdict first, then dispense; undo while it is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.custody.outcomes import CaptureResult
from apps.custody.selectors import find
from apps.custody.services.note_refusal import note_refusal
from apps.desk import moments
from apps.desk.access import Kind, Member
from apps.desk.forms.packages import PackagesForm
from apps.desk.recording import Recording, form_too_old, in_events, record, refusals_of
from apps.desk.rehearsal import refusals_to
from apps.desk.scans import read_scan
from apps.safety.services import report_mismatch
from apps.verify.question import Question
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody import kinds as custody
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc
from pharmatrace.kernel.gs1.read import Reading
from pharmatrace.kernel.refusal import Refusal, Refused


class Dispense(Member, TemplateView):
    kinds = (Kind.PHARMACY,)
    records = True
    template_name = "desk/dispense.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The box. A code in the address waits in it: only what is sent is judged and leaves a trace."""
        code = request.GET.get("code", "")
        done = None if code else self._just_dispensed()
        return self.render_to_response(self.get_context_data(waiting=code, done=done))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Checks, or with `do=dispense` records. What the rules or the label say against it is the verdict,
        and is kept as a finding: a copy shows itself by being presented, whether or not somebody insists."""
        code = request.POST.get("code", "")
        reading = read_scan(code)
        if reading.identity is None:
            return self.show(code, problem=reading.problem)
        now = timezone.now()
        wrong = self.note_differences(reading, at=now)
        if request.POST.get("do") == "dispense":
            return self.dispense(code, reading.identity, wrong, now=now)
        event = self.event(reading.identity, at=now)
        refusals = refusals_to(event, actor=self.actor, at=now)
        note_refusal(actor=self.actor, event=event, refusals=refusals, at=now)
        return self.show(
            code, identity=reading.identity, refusals=[*wrong, *refusals], checked=True
        )

    def note_differences(self, reading: Reading, *, at: datetime) -> list[Refusal]:
        """Where the label's lot or expiry is not what the record says; its maker is told once a day."""
        package = find(reading.identity.path) if reading.identity else None
        if reading.identity is None or package is None or package.batch is None:
            return []
        wrong = differences(reading, package.path, package.batch)
        event = self.event(reading.identity, at=at)
        with transaction.atomic():
            for kept in note_refusal(actor=self.actor, event=event, refusals=wrong, at=at):
                report_mismatch(
                    actor=self.actor, finding=kept, batch=package.batch, sentence=kept.sentence
                )
        return wrong

    def dispense(
        self, code: str, identity: Sgtin | Sscc, wrong: Sequence[Refusal], *, now: datetime
    ) -> HttpResponse:
        moment = moments.take_back(self.request.POST.get("moment", ""), now=now)
        if wrong or moment is None:
            return self.show(code, identity=identity, refusals=wrong or [form_too_old()])
        try:
            result = record(
                lambda at: [self.event(identity, at=at)], actor=self.actor, moment=moment, now=now
            )
        except Refused as refused:
            return self.show(code, identity=identity, refusals=refused.refusals)
        if not result.ok:
            return self.show(code, identity=identity, refusals=refusals_of(result))
        return HttpResponseRedirect(f"{reverse('desk:dispense')}?done={identity.package_id}")

    def event(self, identity: Sgtin | Sscc, *, at: datetime) -> Event:
        return acts.act(custody.Kind.DISPENSE, [identity.uri], site_gln=self.actor.site_gln, at=at)

    def show(
        self,
        code: str,
        *,
        identity: Sgtin | Sscc | None = None,
        refusals: Sequence[Refusal] = (),
        problem: Refusal | None = None,
        checked: bool = False,
    ) -> HttpResponse:
        context = self.get_context_data(
            code=code,
            package=find(identity.path) if identity else None,
            path=identity.path if identity else "",
            refusals=refusals,
            problem=problem,
            ready=checked and not refusals,
            moment=moments.hand_out(timezone.now()),
        )
        stopped = bool(refusals or problem) and not checked
        return self.render_to_response(context, status=422 if stopped else 200)

    def _just_dispensed(self) -> Package | None:
        """What the last press recorded, to be told and, if it was a mistake, undone."""
        try:
            done = UUID(self.request.GET.get("done", ""))
        except ValueError:
            return None
        return (
            Package.objects.select_related("batch__product")
            .filter(
                id=done,
                custodian_id=self.actor.organisation_id,
                status=custody.Status.SUPPLIED,
            )
            .first()
        )


def differences(reading: Reading, path: str, batch: Batch) -> list[Refusal]:
    """Where the label's lot or expiry is not what the record says: a copied serial shows itself like this."""
    named = {"packages": [path], "count": 1}
    found = Question(reading.text, reading).differing(lot=batch.lot, expiry=batch.expiry)
    out = []
    if "lot" in found:
        out.append(
            Refusal(
                "lot_differs",
                _("The label says lot %(label)s, the record says %(record)s.")
                % {"label": found["lot"], "record": batch.lot},
                named,
            )
        )
    if "expiry" in found:
        out.append(
            Refusal(
                "expiry_mismatch",
                _("The label says expiry %(label)s, the record says %(record)s.")
                % {
                    "label": reading.expiry or found["expiry"],
                    "record": batch.expiry.isoformat(),
                },
                named,
            )
        )
    return out


class UndoDispense(Recording):
    kinds = (Kind.PHARMACY,)
    form_class = PackagesForm
    heading = gettext_lazy("Undo dispensing")
    lead = gettext_lazy("Only within ten days, at the same site, and only if the pack never left the counter.")  # fmt: skip
    button = gettext_lazy("Undo dispensing")
    icon = "return"

    def get_initial(self) -> dict[str, Any]:
        return {"packages": "\n".join(self.request.GET.getlist("package"))}

    def events(self, data: dict[str, Any], *, at: datetime) -> Sequence[Event]:
        return [
            acts.act(custody.Kind.UNDO_DISPENSE, portion, site_gln=self.actor.site_gln, at=at)
            for portion in in_events(data["packages"].uris)
        ]

    def said(self, data: dict[str, Any]) -> str:
        return _("Undone: the pack is on your shelf again.")

    def after(self, data: dict[str, Any], result: CaptureResult) -> str:
        return reverse("desk:dispense")
