"""Beginning a session: the little it must know first, and packages that were chosen elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView

from apps.desk import deliveries
from apps.desk.access import TRADERS, Member, refuse_others
from apps.desk.containers import free_sscc, gs1_prefix
from apps.desk.forms.sessions import FORMS, OpeningForm
from apps.desk.models import ScanSession
from apps.desk.sessions.add_scans import MOST_LINES, Scan, add_scans
from apps.desk.sessions.open_session import open_session
from apps.desk.sessions.selectors import sessions_at
from apps.desk.sessions.work import WORKS, works_for
from pharmatrace.kernel.refusal import Refusal, Refused


class Open(Member, FormView):
    """`kind` comes with the address, in the path or from urls.py. A form sent twice opens one session, since
    its id is a hidden field."""

    kinds = TRADERS
    records = True
    template_name = "desk/sessions/new.html"
    kind = ""

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        self.kind = self.kwargs.get("kind", self.kind)
        if self.kind not in WORKS:
            raise Http404
        if self.request.user.is_authenticated:
            refuse_others(self.request, kinds=WORKS[self.kind].kinds, records=True)
        return super().dispatch(*args, **kwargs)

    def get_form_class(self) -> type[OpeningForm]:
        return FORMS[self.kind]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_initial(self) -> dict[str, Any]:
        query = self.request.GET
        initial: dict[str, Any] = {
            "consignee": query.get("to"),
            "order": query.get("order"),
            "party": query.get("party"),
            "reference": query.get("reference", ""),
        }
        if self.kind == ScanSession.Kind.PACK:
            initial["container"] = self._free_number()
        return initial

    def _free_number(self) -> str:
        try:
            return free_sscc(gs1_prefix(self.actor.organisation_id))
        except Refused:
            return ""  # somebody without a prefix scans the container's own label

    def form_valid(self, form: OpeningForm) -> HttpResponse:
        post = self.request.POST
        id = _uuid(post.get("id", "")) or uuid4()
        try:
            session = open_session(
                actor=self.actor, id=id, kind=self.kind, at=timezone.now(), **form.opening()
            )
            chosen = self._listed(session) if post.get("everything") else post.getlist("package")
            self._add(session, chosen)
        except Refused as refused:
            return self.again(form, refused.refusals)
        page = "session-review" if post.get("everything") else "session"
        return HttpResponseRedirect(reverse(f"desk:{page}", args=[session.pk]))

    def _listed(self, session: ScanSession) -> list[str]:
        """Everything arrived as listed: as if each package of the list had been scanned."""
        if session.party is None:
            return []
        coming = deliveries.expected(
            receiver_id=session.organisation_id, sender=session.party, reference=session.reference
        )
        return list(coming.values_list("path", flat=True)[:MOST_LINES])

    def _add(self, session: ScanSession, codes: Sequence[str]) -> None:
        now = timezone.now()
        scans = [Scan(uuid5(session.pk, code), code, now) for code in codes[:MOST_LINES]]
        if scans:
            add_scans(actor=self.actor, session_id=session.pk, scans=scans, at=now)

    def again(self, form: OpeningForm, refusals: Sequence[Refusal]) -> HttpResponse:
        context = self.get_context_data(form=form, refusals=refusals)
        return self.render_to_response(context, status=422)

    def form_invalid(self, form: OpeningForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query = self.request.GET if self.request.method == "GET" else self.request.POST
        return super().get_context_data(**context) | {
            "work": works_for(self.actor.kind)[self.kind],
            "kind": self.kind,
            "id": query.get("id") or uuid4(),
            "packages": query.getlist("package")[:MOST_LINES],
            "going_on": sessions_at(self.actor)
            .filter(state=ScanSession.State.OPEN, kind=self.kind)
            .order_by("-changed_at")[:5],
        }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
