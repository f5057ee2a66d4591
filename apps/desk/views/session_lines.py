"""The lines of a session: older and newer ones as fragments; taken off, or marked as not accepted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from apps.desk.access import TRADERS, Member
from apps.desk.sessions.change_lines import refuse_line, remove_line
from apps.desk.sessions.selectors import SHOWN, lines_of, progress_of, sessions_at, with_packages
from apps.desk.views.session_pages import OfSession
from pharmatrace.kernel.refusal import Refused

BIGGEST = 2**63 - 1


class Lines(OfSession, TemplateView):
    """`before`: the next older lines. `after`: what came since, from other devices too."""

    template_name = "desk/sessions/_lines.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        before, after = (_number(self.request.GET.get(name, "")) for name in ("before", "after"))
        lines = lines_of(self.session)
        if after is not None:
            lines = lines.filter(pk__gt=after)
        elif before is not None:
            lines = lines.filter(pk__lt=before)
        found = list(lines[: SHOWN + 1])
        return (
            super().get_context_data(**context)
            | self.said()
            | {
                "rows": with_packages(found[:SHOWN]),
                "older": found[SHOWN - 1].pk if len(found) > SHOWN and after is None else None,
            }
        )

    def render_to_response(self, context: dict[str, Any], **more: Any) -> HttpResponse:
        """A script that looks what came since is told how far the session is, too."""
        if not self.request.headers.get("Accept", "").startswith("application/json"):
            return super().render_to_response(context, **more)
        return JsonResponse(
            {
                "html": render_to_string(self.template_name, context, request=self.request),
                "progress": progress_of(self.session).as_json(),
                "state": self.session.state,
            }
        )


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return min(int(text), BIGGEST)


class ChangesLine(Member, View):
    """Answers a script with the new progress, a form with the page."""

    kinds = TRADERS
    records = True

    def change(self, request: HttpRequest, pk: UUID, line: int) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
        by_script = request.headers.get("Accept", "").startswith("application/json")
        try:
            self.change(request, pk, line)
        except Refused as refused:
            if by_script:
                return JsonResponse(
                    {"code": refused.codes[0], "sentence": str(refused)}, status=409
                )
            messages.warning(request, str(refused))
            if refused.codes[0] == "session_unknown":
                return HttpResponseRedirect(reverse("desk:sessions"))
        else:
            if by_script:
                session = sessions_at(self.actor).get(pk=pk)
                return JsonResponse({"progress": progress_of(session).as_json()})
        back = "desk:session-review" if request.POST.get("back") == "review" else "desk:session"
        return HttpResponseRedirect(reverse(back, args=[pk]))


class Remove(ChangesLine):
    def change(self, request: HttpRequest, pk: UUID, line: int) -> None:
        remove_line(actor=self.actor, session_id=pk, line_id=min(line, BIGGEST), at=timezone.now())


class Refuse(ChangesLine):
    def change(self, request: HttpRequest, pk: UUID, line: int) -> None:
        refuse_line(
            actor=self.actor,
            session_id=pk,
            line_id=min(line, BIGGEST),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
