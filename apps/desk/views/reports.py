"""What the public reported: for the maker of the product and for regulators, with the photo, for nobody else."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView, View

from apps.desk.access import Kind, Member
from apps.desk.oversight.access import looked, looked_over
from apps.desk.paging import page_of
from apps.oversight.models import AccessRecord
from apps.safety.models import Report
from apps.safety.reporting import found_words, open_report, reports_for

READERS = (Kind.MANUFACTURER, Kind.REGULATOR)


class Reports(Member, TemplateView):
    kinds = READERS
    template_name = "desk/reports.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = reports_for(self.actor).order_by("-reported_at", "-pk")
        page = page_of(rows, self.request)
        looked_over(self.request, {_maker(row) for row in page})
        return super().get_context_data(**context) | {"page": page}


class ReportPage(Member, TemplateView):
    """Looking at it is told to whoever asks with its number: somebody has read it."""

    kinds = READERS
    template_name = "desk/report.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        report = get_object_or_404(reports_for(self.actor), pk=self.kwargs["pk"])
        looked(self.request, AccessRecord.Kind.REPORT, report.reference, [_maker(report)])
        open_report(report=report, at=timezone.now())
        return super().get_context_data(**context) | {
            "report": report,
            "found": found_words(report.found),
            "contact": getattr(report, "contact", None),
            "may_close": self.membership.role != "viewer",
        }


class Photo(Member, View):
    """The picture as this program drew it anew."""

    kinds = READERS

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        report: Report = get_object_or_404(reports_for(self.actor), pk=pk)
        try:
            file = default_storage.open(report.photo) if report.photo else None
        except FileNotFoundError:
            file = None
        if file is None:
            raise Http404
        looked(request, AccessRecord.Kind.REPORT, f"{report.reference} (photo)", [_maker(report)])
        response = FileResponse(file, content_type="image/jpeg", filename=f"{report.reference}.jpg")
        response["Cache-Control"] = "private, no-store"
        return response


def _maker(report: Report) -> UUID | None:
    return report.product.manufacturer_id if report.product else None
