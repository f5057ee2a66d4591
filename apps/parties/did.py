"""Names of organisations on the web: `did:web` (W3C CCG, did:web Method Specification)."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings


def did_of(organisation_id: UUID) -> str:
    """`did:web:<host>[%3A<port>]:parties:<id>`, which resolves to `/parties/<id>/did.json`."""
    host = urlsplit(settings.SITE_URL).netloc.replace(":", "%3A")
    return f"did:web:{host}:parties:{organisation_id}"
