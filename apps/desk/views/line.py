"""Packing at the line: scan packs, "10 of 10", the case closes, its label prints, the next one begins."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from apps.desk.access import Kind, Member
from apps.desk.forms.line import LineForm
from apps.desk.line.selectors import lines_at, state_of
from apps.desk.line.services import Said, close_case, scan_pack, start_line, stop_line
from apps.desk.line_models import PackingLine
from apps.desk.sessions.add_scans import Scan
from pharmatrace.kernel.refusal import Refused


class StartLine(Member, FormView):
    """Said once: which batch, how many packs to a case, how labels are printed."""

    kinds = (Kind.MANUFACTURER,)
    records = True
    form_class = LineForm
    template_name = "desk/line_start.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_initial(self) -> dict[str, Any]:
        last = lines_at(self.actor).first()
        size = {"size": last.size, "label": last.label} if last else {}
        return {"batch": self.request.GET.get("batch"), **size}

    def form_valid(self, form: LineForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            line = start_line(
                actor=self.actor,
                id=_uuid(self.request.POST.get("line", "")) or uuid4(),
                batch=data["batch"],
                size=data["size"],
                label=data["label"],
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        return HttpResponseRedirect(reverse("desk:line", args=[line.pk]))

    def form_invalid(self, form: LineForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "line_id": uuid4(),
            "running": lines_at(self.actor).filter(closed_at=None)[:10],
        }


class OfLine(Member):
    kinds = (Kind.MANUFACTURER,)
    records = True
    kwargs: dict[str, Any]

    @cached_property
    def line(self) -> PackingLine:
        return get_object_or_404(lines_at(self.actor), pk=self.kwargs["pk"])


class LinePage(OfLine, TemplateView):
    """GET shows the open case. POST is a scan: htmx gets the moving part, a plain form the page again."""

    template_name = "desk/line.html"

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        said = self._scanned(request)
        context = self.get_context_data(said=said, moment=timezone.now())
        if request.headers.get("HX-Request") == "true":
            self.template_name = "desk/_line.html"
        return self.render_to_response(context)

    def _scanned(self, request: HttpRequest) -> Said:
        case = request.POST.get("case", "")
        scan = Scan(
            id=_uuid(request.POST.get("scan", "")) or uuid4(),
            raw=request.POST.get("code", ""),
            at=timezone.now(),
        )
        try:
            return scan_pack(
                actor=self.actor,
                line=self.line,
                case=int(case) if case.isascii() and case.isdigit() and len(case) < 8 else 0,
                scan=scan,
                at=scan.at,
            )
        except Refused as refused:
            return Said("stop", str(refused))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "line": self.line,
            "state": state_of(self.line),
            "scan_id": uuid4(),
        }


class CloseCase(OfLine, View):
    def post(self, request: HttpRequest, pk: UUID, case: int) -> HttpResponse:
        try:
            close_case(actor=self.actor, line=self.line, case=case, at=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Case %(n)d is closed.") % {"n": case})
        return HttpResponseRedirect(reverse("desk:line", args=[pk]))


class StopLine(OfLine, View):
    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        stop_line(actor=self.actor, line=self.line, at=timezone.now())
        messages.info(request, _("The line is stopped."))
        return HttpResponseRedirect(reverse("desk:line-start"))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
