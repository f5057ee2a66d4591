"""Every address of the site, and which app answers it."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.anchors.urls import shard_files
from apps.ledger.views import description as log_description
from pharmatrace.health import AnchoringHealth, AuditHealth, Health, SealingHealth, WitnessHealth

handler400 = "pharmatrace.error_pages.bad_request"
handler403 = "pharmatrace.error_pages.forbidden"
handler404 = "pharmatrace.error_pages.not_found"

urlpatterns = [
    path("log/anchors/", include("apps.anchors.urls")),
    path("log/<number:shard>/anchors/", include((shard_files, "shard-anchors"))),
    path("log/", include("apps.ledger.urls")),
    path("witness/", include("apps.ledger.urls_witness")),
    path(".well-known/pharmatrace/log.json", log_description, name="log-description"),
    path("ledger/", include("apps.verify.explorer.urls")),
    path("parties/", include("apps.parties.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    path("api/", include("apps.custody.urls_api")),
    path("epcis/", include("apps.exchange.urls")),
    path("admin/", admin.site.urls),
    path("health/", Health.as_view(), name="health"),
    path("health/audit/", AuditHealth.as_view(), name="health-audit"),
    path("health/sealing/", SealingHealth.as_view(), name="health-sealing"),
    path("health/witnesses/", WitnessHealth.as_view(), name="health-witnesses"),
    path("health/anchors/", AnchoringHealth.as_view(), name="health-anchors"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("apps.parties.urls_accounts")),
    path("join/", include("apps.desk.joining.urls")),
    path("settings/", include("apps.desk.settings.urls")),
    path("", include("apps.verify.urls")),
    path("", include("apps.desk.urls_oversight")),
    path("", include("apps.desk.urls")),
]
