"""Recalls, and how far each batch has come."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from apps.desk.oversight.access import Authority, looked, looked_over
from apps.desk.paging import page_of
from apps.oversight.models import AccessRecord
from apps.oversight.reach import reach_of
from apps.safety.models import Recall


class Recalls(Authority, TemplateView):
    template_name = "oversight/recalls.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = Recall.objects.select_related("batch__product__manufacturer", "issued_by")
        page = page_of(rows.order_by("-issued_at", "-id"), self.request)
        looked_over(self.request, {row.batch.product.manufacturer_id for row in page})
        return super().get_context_data(**context) | {"page": page}


class RecallPage(Authority, TemplateView):
    template_name = "oversight/recall.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        recall = get_object_or_404(
            Recall.objects.select_related("batch__product__manufacturer", "issued_by"),
            pk=self.kwargs["pk"],
        )
        reach = reach_of(recall.batch_id)
        looked(
            self.request,
            AccessRecord.Kind.RECALL,
            str(recall.batch),
            {
                recall.batch.product.manufacturer_id,
                *(one.organisation.pk for one in reach.holders),
            },
        )
        return super().get_context_data(**context) | {"recall": recall, "reach": reach}
