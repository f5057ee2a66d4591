"""The registry for looking at. Changes go through the services, which tell the log; so everything
the log knows of is read-only here, and secrets are not shown."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from apps.parties import deeds
from apps.parties.models import (
    ApiToken,
    Deed,
    Licence,
    Membership,
    Organisation,
    RegistryChange,
    Representation,
    SigningKey,
    Site,
    User,
)
from apps.parties.services import report_stolen_key
from apps.parties.stolen_key_form import StolenKeyForm

# Django's own door knows neither the limit on guessing nor second factors: everybody comes in by /login/.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnly(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnly):
    list_display = ["name", "kind", "gln", "country", "did"]
    list_filter = ["kind", "country"]
    search_fields = ["name", "gln"]


@admin.register(Site)
class SiteAdmin(ReadOnly):
    list_display = ["name", "organisation", "gln", "city", "country"]
    list_select_related = ["organisation"]
    search_fields = ["name", "gln"]


@admin.register(Licence)
class LicenceAdmin(ReadOnly):
    list_display = [
        "number", "authority", "organisation", "activity", "valid_from", "valid_until",
        "suspended_at", "revoked_at",
    ]  # fmt: skip
    list_filter = ["activity"]
    list_select_related = ["organisation"]


@admin.register(Representation)
class RepresentationAdmin(ReadOnly):
    list_display = ["partner", "representative", "created_at"]
    list_select_related = ["partner", "representative"]


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnly):
    list_display = [
        "__str__", "purpose", "organisation", "created_at", "retired_at", "revoked_at",
        "stolen_since",
    ]  # fmt: skip
    list_display_links = None  # a page of its own would have nothing to add
    list_filter = ["purpose"]
    list_select_related = ["organisation"]
    exclude = ["kid", "public_key", "sealed_private_key"]


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    list_display = ["__str__", "membership", "scopes", "expires_at", "revoked_at"]
    list_select_related = ["membership__user", "membership__organisation"]
    exclude = ["digest"]


@admin.register(RegistryChange)
class RegistryChangeAdmin(ReadOnly):
    """One change is made here: the report that a key was stolen, for it cannot wait for somebody at a shell."""

    list_display = ["id", "organisation", "action", "changed_at", "since"]
    list_select_related = ["organisation"]
    fields = ["organisation", "licence", "action", "changed_at", "since"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("parties.add_registrychange")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return StolenKeyForm if obj is None else super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["kid", "since"] if obj is None else self.fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        key = form.cleaned_data["kid"]
        made = report_stolen_key(key=key, since=form.cleaned_data["since"], at=timezone.now())
        obj.pk, obj.organisation_id = made.pk, made.organisation_id


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    """Roles and sites are changed by the organisation's administrator, under /settings/people/."""

    list_display = ["user", "organisation", "role", "site", "ended_at"]
    list_filter = ["role"]
    list_select_related = ["user", "organisation", "site"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "name", "is_active", "is_staff"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    readonly_fields = ["last_login"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an account is closed (is_active); what its owner did stays theirs

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        about = f"{obj.email}: {', '.join(form.changed_data) or '–'}"
        deeds.record(
            deeds.Action.STAFF_CHANGED, about, organisation_id=None, at=timezone.now(), id=obj.pk
        )
        if not obj.is_active:
            obj.sessions.all().delete()


@admin.register(Deed)
class DeedAdmin(ReadOnly):
    list_display = ["at", "action", "about", "organisation", "by", "via"]
    list_filter = ["action", "via"]
    list_select_related = ["organisation", "by"]
    search_fields = ["about"]
    show_full_result_count = False
