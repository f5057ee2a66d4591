"""The logs that this installation is a witness for, and what the witnesses it asks have said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from apps.ledger.cosigning.logs import add_log
from apps.ledger.models import AskedWitness, WitnessAlarm, WitnessedLog, WitnessedLogKey
from pharmatrace.witness.log_names import NotALog, log_and_key


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WitnessedLogKeyForm(forms.ModelForm):
    vkey = forms.CharField(label="verifier key", widget=forms.Textarea(attrs={"rows": 3}))
    origin = forms.CharField(required=False, help_text="the key's name unless given")

    class Meta:
        model = WitnessedLogKey
        fields = ["vkey"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "vkey" in cleaned:
            try:
                log_and_key(cleaned["vkey"], cleaned.get("origin") or None)
            except NotALog as fault:
                raise forms.ValidationError(str(fault)) from None
        return cleaned


@admin.register(WitnessedLogKey)
class WitnessedLogKeyAdmin(admin.ModelAdmin):
    """Adding a key makes its log known; without any key a log is cosigned no more, and not forgotten."""

    form = WitnessedLogKeyForm
    list_display = ["log", "vkey", "added_at"]
    list_select_related = ["log"]
    fields = ["vkey", "origin"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        key = add_log(
            vkey=form.cleaned_data["vkey"],
            origin=form.cleaned_data["origin"] or None,
            at=timezone.now(),
        )
        obj.pk, obj.log, obj.vkey, obj.added_at = key.pk, key.log, key.vkey, key.added_at

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        queryset.delete()


@admin.register(WitnessedLog)
class WitnessedLogAdmin(ReadOnly):
    list_display = ["origin", "size", "cosigned_at", "added_at"]
    fields = ["origin", "hash", "size", "note", "cosigned_at", "added_at"]


@admin.register(AskedWitness)
class AskedWitnessAdmin(ReadOnly):
    list_display = ["url", "size", "answered_at", "failures", "problem", "ask_again_at"]


@admin.register(WitnessAlarm)
class WitnessAlarmAdmin(ReadOnly):
    """Settled by `manage.py witnesses settle`, which asks for a reason."""

    list_display = ["id", "url", "kind", "size", "raised_at", "settled_at"]
    list_filter = ["kind"]
    exclude = ["root"]
