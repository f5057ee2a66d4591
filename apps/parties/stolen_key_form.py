"""The admin's form for a report that a key was stolen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils import timezone

from apps.parties.models import RegistryChange, SigningKey
from apps.parties.services.report_stolen_key import check_report
from pharmatrace.kernel.refusal import Refused


class StolenKeyForm(forms.ModelForm):
    kid = forms.CharField(label="Key", max_length=32, help_text="Its identifier: 32 hex digits.")
    since = forms.SplitDateTimeField(
        label="Stolen since", widget=AdminSplitDateTime, help_text="UTC; the earliest it may be."
    )

    class Meta:
        model = RegistryChange
        fields: tuple[str, ...] = ()

    def clean_kid(self) -> SigningKey:
        try:
            found = SigningKey.objects.filter(pk=bytes.fromhex(self.cleaned_data["kid"])).first()
        except ValueError:
            found = None
        if found is None:
            raise forms.ValidationError("There is no such key.")
        return found

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "kid" in given and "since" in given:
            try:
                check_report(key=given["kid"], since=given["since"], at=timezone.now())
            except Refused as refused:
                raise forms.ValidationError(
                    [forms.ValidationError(one.sentence, one.code) for one in refused.refusals]
                ) from None
        return given

    def _post_clean(self) -> None:
        """The row is made by the service, and checked there."""
