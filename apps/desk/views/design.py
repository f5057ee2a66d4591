"""The design as a living page: made of the fragments and tokens that every other page is made of, so that it shows
what they look like today. Anybody may read it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.desk import palette, wording
from apps.desk.forms.example import filled_in_wrongly
from apps.desk.paging import Page
from apps.jobs.models import Job

SIZES = ("s", "m", "l", "xl", "xxl")
SPACES = tuple((f"s{n}", width) for n, width in enumerate((4, 8, 12, 16, 24, 32, 48), start=1))
ICONS = (
    "check", "good", "warn", "stop", "unknown", "info", "mark", "home", "product", "batch", "pack", "unpack",
    "ship", "receive", "scan", "dispense", "return", "recall", "alert", "list", "stock", "record", "timeline",
    "job", "key", "lock", "download", "menu", "copy", "transit", "next", "previous", "find", "person", "close",
    "filter", "leave", "camera", "photo", "mute", "settings", "webhook", "people",
)  # fmt: skip
SECTIONS = (
    "colour", "type", "space", "buttons", "fields", "answers", "notices", "tags", "tables", "records", "progress",
    "empty", "errors", "icons",
)  # fmt: skip
PATH = "01/09521234543213/21/AB12CD34EF56GH"


class Design(TemplateView):
    template_name = "design/design.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = timezone.now()
        return super().get_context_data(**context) | {
            "sections": [(name, f"design/_{name}.html", self.titles()[name]) for name in SECTIONS],
            "colours": palette.colours().values(),
            "pairs": palette.pairs(),
            "sizes": SIZES,
            "spaces": SPACES,
            "icons": ICONS,
            "form": filled_in_wrongly(),
            "tones": ("good", "warn", "stop", "unknown"),
            "shelves": {"status": wording.STATUSES, "alert": wording.ALERTS, "kind": wording.KINDS},
            "path": PATH,
            "moments": [
                now - timedelta(minutes=3),
                now - timedelta(hours=7),
                now - timedelta(days=40),
            ],
            "page": Page([], number=2, more=True, query=""),
            "jobs": self.jobs(),
        }

    def titles(self) -> dict[str, str]:
        return {
            "colour": _("Colour"), "type": _("Type"), "space": _("Space"), "buttons": _("Buttons"),
            "fields": _("Fields"), "answers": _("Verdicts"), "notices": _("Notices"), "tags": _("Tags"),
            "tables": _("Lists"), "records": _("Facts, times, timelines"), "progress": _("Progress"),
            "empty": _("Nothing there"), "errors": _("What went wrong"), "icons": _("Icons"),
        }  # fmt: skip

    def jobs(self) -> list[Job]:
        """Two that never ran: one under way, one that stopped."""
        return [
            Job(
                id=UUID(int=number),
                title=_("Commission 162,355 packs"),
                state=state,
                total=162_355,
                done=done,
                failure=failure,
            )
            for number, state, done, failure in (
                (1, "done", 162_355, ""),
                (2, "failed", 61_000, _("Row 61,001: this serial was registered before.")),
            )
        ]
