"""The name under which the installation itself, the registrar, states something."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings


def issuer() -> str:
    """`did:web:<host>[%3A<port>]` of SITE_URL (W3C CCG, did:web Method Specification)."""
    return "did:web:" + urlsplit(settings.SITE_URL).netloc.replace(":", "%3A")
