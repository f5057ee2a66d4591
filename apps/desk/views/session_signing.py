"""One review, one signature; or the session is dropped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from apps.desk.access import TRADERS, Member
from apps.desk.models import ScanSession
from apps.desk.sessions.drop import drop
from apps.desk.sessions.reviewing import doubtful, review_of
from apps.desk.sessions.selectors import progress_of
from apps.desk.sessions.sign import sign
from apps.desk.sessions.telling import told
from apps.desk.views.session_pages import OfSession
from apps.desk.wording import REASONS
from pharmatrace.kernel.refusal import Refusal, Refused


class Review(OfSession, TemplateView):
    """What the signature will record, and what it will not."""

    records = True
    template_name = "desk/sessions/review.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return (
            super().get_context_data(**context)
            | self.said()
            | {
                "review": review_of(self.session),
                "progress": progress_of(self.session),
                "reasons": REASONS,
                "doubtful": doubtful(self.session),
            }
        )


class Sign(OfSession, TemplateView):
    """POST signs. Sent twice it is answered with the first result; where something changed since the scan, the
    review comes back and says what."""

    records = True
    template_name = "desk/sessions/review.html"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        whole = {id for text in request.POST.getlist("whole")[:200] if (id := _uuid(text))}
        try:
            signature = sign(actor=self.actor, session_id=self.session.pk, at=timezone.now(), whole=whole)  # fmt: skip
        except Refused as refused:
            return self.again(refused.refusals)
        if not signature.signed:
            return self.again(signature.refusals)
        said = told(signature.session)
        (messages.success if signature.first else messages.info)(
            request, said if signature.first else _("This was signed already: %(said)s") % {"said": said}
        )  # fmt: skip
        return HttpResponseRedirect(reverse("desk:session", args=[pk]))

    def again(self, refusals: tuple[Refusal, ...]) -> HttpResponse:
        context = self.get_context_data(
            **self.said(),
            review=review_of(self.session),
            progress=progress_of(self.session),
            reasons=REASONS,
            doubtful=doubtful(self.session),
            refusals=refusals,
        )
        return self.render_to_response(context, status=422)


class Drop(Member, View):
    kinds = TRADERS
    records = True

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        try:
            session = drop(actor=self.actor, session_id=pk, at=timezone.now())
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            if session.state == ScanSession.State.DROPPED:
                messages.info(request, _("The session is dropped; nothing was recorded."))
            else:
                messages.info(request, _("The session was signed already; it stands."))
        return HttpResponseRedirect(reverse("desk:sessions"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
