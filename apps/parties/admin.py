"""The registry for looking at. Changes go through the services, which tell the log; so everything
the log knows of is read-only here, and secrets are not shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.parties.models import (
    ApiToken,
    Licence,
    Membership,
    Organisation,
    RegistryChange,
    Representation,
    SigningKey,
    Site,
    User,
)
from apps.parties.signing_in import StaffSignInForm

admin.site.login_form = StaffSignInForm  # Django's own has no limit on guessing


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
    list_display = ["__str__", "purpose", "organisation", "created_at", "retired_at", "revoked_at"]
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
    list_display = ["id", "organisation", "action", "changed_at"]
    list_select_related = ["organisation"]
    fields = ["organisation", "licence", "action", "changed_at"]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["user", "organisation", "role", "site"]
    list_filter = ["role"]
    list_select_related = ["user", "organisation", "site"]
    fields = ["user", "organisation", "role", "site"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "organisation"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the service also checks that the site belongs to the organisation


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "name", "is_active", "is_staff"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    readonly_fields = ["last_login"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
