from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from apps.verify.views import ask, link
from apps.verify.views_evidence import certificate_of, event_evidence, evidence
from apps.verify.views_frame import frame, photo
from apps.verify.views_offline import offline, qr

app_name = "verify"
urlpatterns: list[URLPattern | URLResolver] = [
    path("verify/", ask, name="ask"),
    path("verify/offline/", offline, name="offline"),
    path("verify/qr/", qr, name="qr"),
    path("verify/certificate/<path:path>.pdf", certificate_of, name="certificate"),
    re_path(
        r"^verify/evidence/event/(?P<digest>[0-9a-f]{64})$", event_evidence, name="event-evidence"
    ),
    path("verify/evidence/<path:path>", evidence, name="evidence"),
    path("scan/frame/", frame, name="frame"),
    path("scan/photo/", photo, name="photo"),
    # Digital Links; `gtin` and `sscc` are the words that version 1.1 of the standard allowed.
    re_path(r"^(?:01|00|gtin|sscc)/(?P<rest>.+)$", link, name="link"),
]
