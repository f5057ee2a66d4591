from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from apps.verify.views import ask, link
from apps.verify.views_evidence import certificate_of, event_evidence, evidence
from apps.verify.views_frame import frame, photo
from apps.verify.views_leaflets import leaflet, leaflet_pdf
from apps.verify.views_offline import offline, qr
from apps.verify.views_report import report, report_state
from apps.verify.views_resolver import description

app_name = "verify"
urlpatterns: list[URLPattern | URLResolver] = [
    path("verify/", ask, name="ask"),
    path("verify/offline/", offline, name="offline"),
    path("verify/qr/", qr, name="qr"),
    path("verify/report/", report, name="report"),
    path("verify/report/state/", report_state, name="report-ask"),
    path("verify/report/<str:reference>/", report_state, name="report-state"),
    path("verify/certificate/<path:path>.pdf", certificate_of, name="certificate"),
    re_path(
        r"^verify/evidence/event/(?P<digest>[0-9a-f]{64})$", event_evidence, name="event-evidence"
    ),
    path("verify/evidence/<path:path>", evidence, name="evidence"),
    path("scan/frame/", frame, name="frame"),
    path("scan/photo/", photo, name="photo"),
    path("leaflets/<uuid:pk>/", leaflet, name="leaflet"),
    re_path(r"^leaflets/(?P<digest>[0-9a-f]{64})\.pdf$", leaflet_pdf, name="leaflet-pdf"),
    path(".well-known/gs1resolver", description, name="resolver"),
    # Digital Links; `gtin` and `sscc` are the words that version 1.1 of the standard allowed.
    re_path(r"^(?:01|00|gtin|sscc)/(?P<rest>.+)$", link, name="link"),
]
