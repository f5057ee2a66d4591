"""The scanner check: scan the reference code once, and this device reads what its scanner types."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any
from uuid import UUID

import zxingcpp
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from PIL import Image

from apps.desk import scanner_checks
from apps.desk.access import Member
from apps.desk.scanners import forget, learned, remember, scanner_of
from apps.desk.scans import SEEN, read_scan
from apps.parties.models import Scanner
from apps.parties.selectors import scanners_at
from apps.parties.services import calibrate_scanner, register_scanner, retire_scanner
from pharmatrace.kernel.gs1.calibration import Calibration, calibrate
from pharmatrace.kernel.gs1.reference_code import REFERENCE
from pharmatrace.kernel.gs1.wedge_faults import diagnose
from pharmatrace.kernel.refusal import Refused

SALT = "desk.scanner"
LIFE = 3600  # seconds between the scan and its name
SUFFIXES = ("Enter", "Tab", "none")
MODULE = 8  # pixels of one module of the reference code


class OfDevice(Member):
    records = True

    @cached_property
    def scanner(self) -> Scanner | None:
        return scanner_of(self.request, self.actor)


class ScannerCheck(OfDevice, TemplateView):
    """One box for everything: the reference code teaches, any other code shows how it is read."""

    template_name = "desk/scanner.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        code, source = request.POST.get("code", ""), request.POST.get("source", "")
        if source not in SEEN:
            try:
                return self._taught(calibrate(code))
            except Refused:
                pass  # another code: it is tried
        return self._tried(code, source)

    def _taught(self, found: Calibration) -> HttpResponse:
        return self.render_to_response(
            self.get_context_data(
                checks=scanner_checks.checks(found),
                learned=signing.dumps(found.to_json(), salt=SALT, compress=True),
            )
        )

    def _tried(self, code: str, source: str) -> HttpResponse:
        known = learned(self.scanner.calibration) if self.scanner else None
        reading = read_scan(code, calibration=known, source=source)
        suffix = self.request.POST.get("suffix", "")
        wedge = source == "wedge" and suffix in SUFFIXES
        return self.render_to_response(
            self.get_context_data(
                reading=reading,
                caveats=() if known or source in SEEN else diagnose(code).caveats,
                pressed=[scanner_checks.suffix(suffix)] if wedge else [],
            )
        )

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**context) | {
            "scanner": self.scanner,
            "scanners": scanners_at(self.actor).select_related("created_by"),
        }


class KeepScanner(OfDevice, View):
    """What was learned, under a name, or in place of what this device's scanner was known for."""

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        answer = HttpResponseRedirect(reverse("desk:scanner"))
        try:
            stored = signing.loads(request.POST.get("learned", ""), salt=SALT, max_age=LIFE)
            found = Calibration.from_json(stored)
        except (signing.BadSignature, Refused):
            messages.warning(request, _("That was too long ago. Scan the reference code again."))
            return answer
        if "again" in request.POST and self.scanner:
            calibrate_scanner(scanner=self.scanner, calibration=found, at=now)
            messages.success(request, _("The scanner is calibrated. Now scan any pack to try it."))
            return answer
        try:
            scanner = register_scanner(
                actor=self.actor, name=request.POST.get("name", ""), calibration=found, at=now
            )
        except Refused as refused:
            messages.error(request, f"{refused} {_('Scan the reference code again.')}")
            return answer
        messages.success(request, _("This device remembers the scanner. Now scan any pack to try it."))  # fmt: skip
        remember(answer, scanner)
        return answer


class ChooseScanner(OfDevice, View):
    """`use`, `retire`: a scanner of this site; `forget`: this device has none."""

    def post(self, request: HttpRequest) -> HttpResponse:
        answer = HttpResponseRedirect(reverse("desk:scanner"))
        if "forget" in request.POST:
            forget(answer)
        elif "retire" in request.POST:
            retire_scanner(scanner=self.chosen("retire"), at=timezone.now())
        else:
            remember(answer, self.chosen("use"))
        return answer

    def chosen(self, name: str) -> Scanner:
        try:
            wanted = UUID(self.request.POST.get(name, ""))
        except ValueError:
            raise Http404 from None
        found = scanners_at(self.actor).filter(pk=wanted).first()
        if found is None:
            raise Http404
        return found


class ReferenceCode(Member, View):
    """The reference code as a DataMatrix, to be scanned from the screen or from paper."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            _drawn(REFERENCE),
            content_type="image/png",
            headers={"Cache-Control": "private, max-age=86400"},
        )


@lru_cache(maxsize=1)
def _drawn(content: str) -> bytes:
    """With a margin of four modules: on a dark page the code needs its own white around it."""
    symbol = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    drawn = memoryview(symbol.to_image(scale=MODULE))  # type: ignore[arg-type]
    assert drawn.shape is not None
    height, width = drawn.shape
    margin = 4 * MODULE
    sheet = Image.new("L", (width + 2 * margin, height + 2 * margin), 255)
    sheet.paste(Image.frombytes("L", (width, height), drawn.tobytes()), (margin, margin))
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()
