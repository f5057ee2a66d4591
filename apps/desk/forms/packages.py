"""The fields packages are scanned into."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.desk.scans import Scans, read_scan, read_scans
from pharmatrace.kernel.gs1.calibration import Calibration
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc

MOST = 10_000
MOST_ERRORS = 20


class ScansField(forms.CharField):
    """Many codes, one per line; cleans to `Scans` without problems, or names every bad line."""

    calibration: Calibration | None = None

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Packages"))
        options.setdefault(
            "help_text", gettext_lazy("Scan or paste one code per line: packs, cases or pallets.")
        )
        attributes = {"rows": 6, "spellcheck": "false", "autocapitalize": "off", "dir": "ltr"}
        super().__init__(widget=forms.Textarea(attributes), strip=False, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        lines = sum(1 for line in text.split("\n") if line.strip())
        if lines > MOST:  # before any is read: reading costs a thousand times more than counting
            raise ValidationError(
                _("At most %(most)s packages at a time; these are %(count)s.")
                % {"most": f"{MOST:,}", "count": f"{lines:,}"}
            )
        scans = read_scans(text, calibration=self.calibration)
        if scans.problems:
            shown = [problem.sentence for problem in scans.problems[:MOST_ERRORS]]
            left = len(scans.problems) - len(shown)
            if left:
                shown.append(_("… and %(count)d more lines.") % {"count": left})
            raise ValidationError(shown)
        if not scans.packages and self.required:
            raise ValidationError(_("Nothing was scanned yet."))
        return scans


class ScanField(forms.CharField):
    """One code; cleans to the package it names, or None where it is left empty and may be."""

    calibration: Calibration | None = None

    def __init__(self, **options: Any) -> None:
        attributes = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off", "dir": "ltr"}  # fmt: skip
        super().__init__(widget=forms.TextInput(attributes), strip=False, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text.strip():
            return None
        reading = read_scan(text, calibration=self.calibration)
        if reading.identity is None:
            problem = reading.problem
            raise ValidationError(problem.sentence if problem else _("This names no package."))
        return reading.identity


class SsccField(ScanField):
    """One logistic unit: an SSCC as 18 digits or scanned."""

    def clean(self, value: Any) -> Any:
        package: Sgtin | Sscc | None = super().clean(value)
        if isinstance(package, Sgtin):
            raise ValidationError(_("This is a pack's code; a container has an SSCC."))
        return package


class PackagesForm(forms.Form):
    """Only packages."""

    packages = ScansField()


def read_with(form: forms.Form, calibration: Calibration | None) -> None:
    """Codes in `form` are read as the scanner of the device types them."""
    for field in form.fields.values():
        if isinstance(field, ScansField | ScanField):
            field.calibration = calibration


def uris(data: dict[str, Any]) -> list[str]:
    scans: Scans = data["packages"]
    return scans.uris
