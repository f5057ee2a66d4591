"""The counter: one box, the verdict first, then dispense. A stop waits until somebody says what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.desk import moments, stops
from apps.desk.access import Kind, Member
from apps.desk.counter import (
    Judged,
    dispensed_today,
    dispensing,
    judge,
    just_dispensed,
    label_agrees,
)
from apps.desk.recording import form_too_old, record, refusals_of
from apps.desk.scans import read_scan
from apps.safety.explaining import answer_stop
from apps.safety.models import STOPS, Explanation
from apps.safety.selectors import open_alerts
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc
from pharmatrace.kernel.refusal import Refusal, Refused

ALERTS_SHOWN = 4
STOPS_SHOWN = 8
MISREAD = Explanation.Reason.MISREAD


class Dispense(Member, TemplateView):
    """Answers htmx with the verdict alone, everybody else with the page around it."""

    kinds = (Kind.PHARMACY,)
    records = True
    template_name = "desk/dispense.html"
    request: Any

    def get_template_names(self) -> list[str]:
        return ["desk/counter/_verdict.html" if self.request.htmx else self.template_name]

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=status)

    def show_stop(self, stop: stops.Shown, *, agrees: bool = False, **context: Any) -> HttpResponse:
        """`agrees`: it was scanned again, and now the label says what the record says."""
        agrees = agrees and stop.of_the_label
        if agrees:
            context = {"agrees": True, "chosen": MISREAD.value} | context
        reasons = [
            (reason.value, reason.label)
            for reason in STOPS
            if reason != MISREAD or stop.of_the_label
        ]
        return self.show(stop=stop, reasons=reasons, **context)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context) | {
            "moment": moments.hand_out(timezone.now()),
            "htmx": bool(self.request.htmx),
        }
        stop = context.get("stop")
        if self.request.htmx:  # only what this answer changes beside the box
            return (
                context
                | (self._today() if context.get("done") else {})
                | (self._alerts() if stop and not context.get("waits") else {})
                | (self._unanswered(stop) if stop or context.get("noted") else {})
            )
        return context | self._today() | self._alerts() | self._unanswered(stop)

    def _today(self) -> dict[str, Any]:
        return {"today": dispensed_today(actor=self.actor, at=timezone.now())}

    def _alerts(self) -> dict[str, Any]:
        alerts = list(open_alerts(self.actor)[: ALERTS_SHOWN + 1])
        return {"alerts": alerts[:ALERTS_SHOWN], "more_alerts": len(alerts) > ALERTS_SHOWN}

    def _unanswered(self, stop: stops.Shown | None) -> dict[str, Any]:
        """The stops beside the one that is shown and asks for its answer itself."""
        found = list(stops.unanswered(self.actor, but=stop)[: STOPS_SHOWN + 1])
        return {"unanswered": found[:STOPS_SHOWN], "more_unanswered": len(found) > STOPS_SHOWN}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The box. A code in the address waits in it: only what is sent is judged and leaves a trace. `package` asks for
        the stop of that pack, at whichever counter it was stopped."""
        stop = stops.standing(request.session, actor=self.actor) or self._asked_for()
        if stop:
            return self.show_stop(stop)
        code = request.GET.get("code", "")
        return self.show(waiting=code, done=None if code else self._just_dispensed())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Checks, or with `do=dispense` records, or with `do=acknowledge` answers for a stop. What the rules or the
        label say against a pack is the verdict."""
        stop = stops.standing(request.session, actor=self.actor)
        if request.POST.get("do") == "acknowledge":
            return self.acknowledge(stop)
        code, now = request.POST.get("code", ""), timezone.now()
        reading = read_scan(
            code, calibration=self.calibration, source=request.POST.get("source", "")
        )
        if stop:
            again = reading.identity is not None and reading.identity.path == stop.path
            agrees = again and stop.of_the_label and label_agrees(reading, stop.package)
            return self.show_stop(stop, waits=not agrees, agrees=agrees)
        if reading.identity is None:
            return self.show(code=code, problem=reading.problem)
        wanted = request.POST.get("do") == "dispense"
        judged = judge(reading, reading.identity, actor=self.actor, at=now, by_rules=not wanted)
        if judged.refusals:
            return self.stop(judged, now=now, status=422 if wanted else 200)
        if wanted:
            return self.dispense(code, judged, now=now)
        return self.show(code=code, ready=judged)

    def dispense(self, code: str, judged: Judged, *, now: datetime) -> HttpResponse:
        moment = moments.take_back(self.request.POST.get("moment", ""), now=now)
        if moment is None:
            return self.show(code=code, problem=form_too_old(), status=422)
        identity: Sgtin | Sscc = judged.identity
        try:
            result = record(
                lambda at: [dispensing(identity, actor=self.actor, at=at)],
                actor=self.actor,
                moment=moment,
                now=now,
            )
            refusals: Sequence[Refusal] = () if result.ok else refusals_of(result)
        except Refused as refused:
            refusals = refused.refusals
        if refusals:
            stopped = Judged(identity, judged.package, tuple(refusals), judged.fields)
            return self.stop(stopped, now=now, status=422)
        if self.request.htmx:
            return self.show(done=just_dispensed(identity.package_id, actor=self.actor))
        return HttpResponseRedirect(f"{reverse('desk:dispense')}?done={identity.package_id}")

    def stop(self, judged: Judged, *, now: datetime, status: int) -> HttpResponse:
        stop = stops.begin(self.request.session, judged, actor=self.actor, at=now)
        if stop is None:
            return self.show(problem=judged.refusals[0], status=status)
        return self.show_stop(stop, agrees=judged.agrees, status=status)

    def _asked_for(self) -> stops.Shown | None:
        named = self.request.GET.get("package", "")
        identity = read_scan(named).identity if named else None
        return stops.of_package(identity.path, actor=self.actor) if identity else None

    def _just_dispensed(self) -> Any:
        try:
            done = UUID(self.request.GET.get("done", ""))
        except ValueError:
            return None
        return just_dispensed(done, actor=self.actor)

    def acknowledge(self, waiting: stops.Shown | None) -> HttpResponse:
        """What was done about the pack that stopped this counter or another; then it goes on."""
        sent = self.request.POST
        id = stops.named(sent.get("stop", ""), waiting)
        stop = stops.with_id(id, actor=self.actor) if id is not None else None
        if stop is None:  # sent twice, or answered in another window
            return self.gone_on()
        try:
            answer_stop(
                actor=self.actor,
                stop_id=stop.id,
                reason=sent.get("reason", ""),
                note=sent.get("note", ""),
                at=timezone.now(),
            )
        except Refused as refused:
            return self.show_stop(
                stop,
                wrong=refused.refusals[0],
                chosen=sent.get("reason", ""),
                note=sent.get("note", ""),
                status=422,
            )
        if waiting is not None and waiting.id == stop.id:
            stops.end(self.request.session)
        return self.gone_on(stop)

    def gone_on(self, stop: stops.Shown | None = None) -> HttpResponse:
        if self.request.htmx:
            return self.show(noted=stop or True)
        messages.success(self.request, _("Noted. Scan the next pack."))
        return HttpResponseRedirect(reverse("desk:dispense"))
