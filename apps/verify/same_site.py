"""Requests that only our own pages may make, where no cookie travels and so no CSRF token can.

Every browser of today says where a request that posts comes from, and a page cannot change what it says
(Fetch Metadata; Fetch §3.2 `Origin`). It guards other sites' visitors from being made to work for somebody;
a program can claim anything, and is held back by its pace.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest


def from_our_page(request: HttpRequest) -> bool:
    """Whether a request comes from a page of this very address."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin", "")
    try:
        return bool(origin) and urlsplit(origin).netloc == request.get_host()
    except ValueError:
        return False
