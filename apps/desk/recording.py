"""The pattern of every page that records: GET a form, POST it, and it is done or the form comes back
with every reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView

from apps.custody.models import CustodyEvent, PackageEvent
from apps.custody.outcomes import CaptureResult
from apps.custody.services import capture
from apps.desk import moments
from apps.desk.access import TRADERS, Member
from apps.desk.forms.packages import read_with
from apps.desk.rehearsal import refusals_to
from apps.parties.actor import Actor
from pharmatrace.kernel.custody.act import act_of
from pharmatrace.kernel.epcis.event_hash import digest_of, event_hash
from pharmatrace.kernel.epcis.model import Event, whole_milliseconds
from pharmatrace.kernel.refusal import Refusal, Refused

EVENT_SIZE = 1_999  # packages in one event beside a container (DESIGN §4: at most 2,000)


class Recording(Member, FormView):
    """A page that turns its form into EPCIS events and hands them to `capture`.

    Subclasses say `events` and where to go. A moment in a hidden field makes a form sent twice harmless.
    """

    records = True
    kinds: ClassVar[Any] = TRADERS
    template_name = "desk/recording.html"
    heading: ClassVar[Any] = ""
    lead: ClassVar[Any] = ""
    button: ClassVar[Any] = ""
    icon: ClassVar[str] = "record"

    def events(self, data: dict[str, Any], *, at: datetime) -> Sequence[Event]:
        """The events the filled-in form stands for. May raise `Refused`."""
        raise NotImplementedError

    def said(self, data: dict[str, Any]) -> str:
        """What the message says after it was recorded."""
        return _("Recorded.")

    def after(self, data: dict[str, Any], result: CaptureResult) -> str:
        """Where to go then."""
        return reverse("desk:home")

    def get_form(self, form_class: Any = None) -> forms.Form:
        form: forms.Form = super().get_form(form_class)
        read_with(form, self.calibration)
        return form

    def form_valid(self, form: forms.Form) -> HttpResponse:
        now = timezone.now()
        moment = moments.take_back(self.request.POST.get("moment", ""), now=now)
        if moment is None:
            return self.again(form, [form_too_old()])
        try:
            result = self.record(form.cleaned_data, moment=moment, now=now)
        except Refused as refused:
            return self.again(form, refused.refusals)
        if not result.ok:
            return self.again(form, refusals_of(result))
        self.tell(form.cleaned_data, result)
        return HttpResponseRedirect(self.after(form.cleaned_data, result))

    def record(self, data: dict[str, Any], *, moment: datetime, now: datetime) -> CaptureResult:
        return record(lambda at: self.events(data, at=at), actor=self.actor, moment=moment, now=now)

    def tell(self, data: dict[str, Any], result: CaptureResult) -> None:
        if all(outcome.fate == "repeated" for outcome in result.outcomes):
            messages.info(self.request, _("This was already recorded; nothing was added."))
        else:
            messages.success(self.request, self.said(data))

    def again(self, form: forms.Form, refusals: Sequence[Refusal]) -> HttpResponse:
        """The form as it was filled in, with every reason beside it."""
        return self.render_to_response(
            self.get_context_data(form=form, refusals=refusals), status=422
        )

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "moment": moments.hand_out(timezone.now()),
            "heading": self.heading,
            "lead": self.lead,
            "button": self.button or self.heading,
            "icon": self.icon,
        }


def record(
    events: Callable[[datetime], Sequence[Event]], *, actor: Actor, moment: datetime, now: datetime
) -> CaptureResult:
    """Captures `events(at)`, at the form's moment: a form sent twice is one event, recognised by its hash.

    Where something happened to a package since that moment the time is when the form was sent. Only a form
    that was recorded before, and could not be recorded now, stays a repeat: after an undo it is done anew.
    """
    wanted = events(moment)
    if wanted and overtaken(wanted, moment=moment):
        late = events(whole_milliseconds(now))
        if not recorded(wanted) or not any(refusals_to(e, actor=actor, at=now) for e in late):
            wanted = late
    return capture(actor=actor, events=wanted, at=now)


def overtaken(events: Sequence[Event], *, moment: datetime) -> bool:
    """Whether the newest event of any of the packages is later than `moment`. One query."""
    ids = {id for event in events for id, _ in act_of(event).packages}
    return PackageEvent.objects.filter(
        package_id__in=ids, seq=F("package__seq"), event__occurred_at__gt=moment
    ).exists()


def recorded(events: Sequence[Event]) -> bool:
    """Whether any of the events stands in the record. One query."""
    hashes = [digest_of(event_hash(event)) for event in events]
    return CustodyEvent.objects.filter(hash__in=hashes).exists()


def refusals_of(result: CaptureResult) -> list[Refusal]:
    """Every reason of every event, each once."""
    found = [one for outcome in result.outcomes for one in outcome.refusals]
    return list({(one.code, one.sentence): one for one in found}.values())


def form_too_old() -> Refusal:
    return Refusal(
        "form_too_old", _("This form lay open for too long. Look it over and send it again.")
    )


def in_events(uris: Sequence[str], size: int = EVENT_SIZE) -> list[Sequence[str]]:
    """Packages in portions that fit into one event each."""
    return [uris[first : first + size] for first in range(0, len(uris), size)]
