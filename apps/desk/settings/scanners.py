"""The scanners of all sites: what they are called, and which are used no more."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.desk.settings.access import Administrator
from apps.desk.settings.doing import Button
from apps.parties.models import Scanner
from apps.parties.services import rename_scanner, retire_scanner


class _Own(Administrator):
    def mine(self) -> Any:
        return Scanner.objects.filter(
            organisation_id=self.membership.organisation_id, retired_at=None
        ).select_related("site", "created_by")

    def scanner(self) -> Scanner:
        found: Scanner = get_object_or_404(self.mine(), pk=self.kwargs["pk"])  # type: ignore[attr-defined]
        return found

    def back(self) -> str:
        return reverse("settings:scanners")


class Scanners(_Own, TemplateView):
    template_name = "settings/scanners.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "scanners": self.mine().order_by("site__name", "name")[:500]
        }


class RenameScanner(_Own, Button):
    def do(self) -> str:
        name = self.request.POST.get("name", "").replace("\x00", "")
        row = rename_scanner(scanner=self.scanner(), name=name, at=timezone.now())
        return _("It is called %(name)s.") % {"name": row.name}


class RemoveScanner(_Own, Button):
    def do(self) -> str:
        scanner = self.scanner()
        retire_scanner(scanner=scanner, at=timezone.now())
        return _("%(name)s is used no more.") % {"name": scanner.name}
