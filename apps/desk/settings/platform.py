"""The state of the whole platform on one page: a word for each part, and what to do where it is not well."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from apps.anchors.state import not_configured, standings
from apps.desk.settings.access import Staff
from apps.desk.settings.platform_state import parts
from apps.jobs.models import Job
from apps.ledger.models import AskedWitness
from apps.ledger.witnessing.alarms import open_alarms


class Platform(Staff, TemplateView):
    template_name = "settings/platform.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        stopped = Job.objects.filter(state=Job.State.FAILED).order_by("-finished_at")
        return super().get_context_data(**context) | {
            "parts": parts(now),
            "alarms": open_alarms(),
            "witnesses": AskedWitness.objects.order_by("url")[:100],
            "anchors": [(one, one.is_late(now)) for one in standings()],
            "silent": not_configured(),
            "stopped": stopped[:20],
        }
