"""The links there are about a product, pack or container, by GS1's link types (GS1 Web Vocabulary), as a set that machines
read (RFC 9264 §4.2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from apps.catalog.leaflets import current_leaflets
from apps.catalog.models import Leaflet
from apps.custody import selectors as custody
from apps.verify.paths import path_of
from apps.verify.question import Question
from apps.verify.record import product_of
from apps.verify.tongues import language_name
from pharmatrace.kernel.evidence.bundle import MEDIA_TYPE

VOCABULARY = "https://ref.gs1.org/voc/"
VOCABULARIES = (VOCABULARY, "https://gs1.org/voc/", "https://www.gs1.org/voc/")
LINK_TYPES = frozenset(
    {"defaultLink", "pip", "verificationService", "traceability", "epil", "recallStatus"}
)
"""What is offered here, of GS1's vocabulary."""

HTML, JSON, PDF = "text/html", "application/json", "application/pdf"


@dataclass(frozen=True, slots=True)
class Link:
    """`kind` is the link type; `language` is empty where the target speaks several."""

    kind: str
    href: str
    title: str
    media: str
    language: str = ""

    def document(self) -> dict[str, Any]:
        spoken = [self.language] if self.language else [code for code, _ in settings.LANGUAGES]
        told: dict[str, Any] = {"href": self.href, "title": self.title, "type": self.media}
        return told | {"hreflang": spoken} if self.media in (HTML, PDF) else told


@dataclass(frozen=True, slots=True)
class Links:
    """`anchor` is what the links are about; `path` is its canonical path."""

    anchor: str
    path: str
    description: str
    links: list[Link]

    def of(self, kind: str) -> list[tuple[str, str]]:
        """Addresses and languages of the links of one type, pages for people first."""
        found = [one for one in self.links if one.kind == kind]
        return [
            (one.href, one.language) for one in sorted(found, key=lambda one: one.media != HTML)
        ]

    def document(self) -> dict[str, Any]:
        """The linkset: one context object, its targets by the address of their type."""
        by_type = defaultdict(list)
        for link in self.links:
            by_type[VOCABULARY + link.kind].append(link.document())
        about = {"anchor": self.anchor, "itemDescription": self.description}
        return {"linkset": [about | by_type]}


def links_about(question: Question, *, root: str) -> Links | None:
    """The links of what is asked about; None where the code names nothing, or nothing that is registered here.

    Three queries at most. `root` is the address of this site, with its slash.
    """
    path = path_of(question)
    if path is None:
        return None
    identity = question.reading.identity
    package = custody.find(identity.path) if identity else None
    product = package.batch.product if package and package.batch else product_of(question)
    if product is None and package is None:
        return None
    site = root.rstrip("/")
    page = f"{site}/{path}"
    found = [Link("defaultLink", page, "What is recorded", HTML)]
    if product is not None:
        found.append(Link("pip", f"{site}/01/{product.gtin}", str(product), HTML))
        found.append(Link("recallStatus", page, "Recalls and withdrawals", HTML))
        found.extend(link for one in current_leaflets(product.pk) for link in _leaflet(one, site))
    if identity is not None:
        found.append(Link("verificationService", page, "Check this pack", HTML))
        found.append(Link("verificationService", f"{page}?format=json", "Check this pack", JSON))
    if package is not None:
        address = reverse("verify:evidence", args=["x"]).removesuffix("x") + path
        found.append(Link("traceability", site + address, "Signed evidence", MEDIA_TYPE))
    return Links(page, path, str(product or "Shipping container"), found)


def _leaflet(leaflet: Leaflet, site: str) -> list[Link]:
    title = f"{language_name(leaflet.language)} ({leaflet.market}), version {leaflet.version}"
    page = reverse("verify:leaflet", args=[leaflet.pk])
    file = reverse("verify:leaflet-pdf", args=[leaflet.sha256])
    return [
        Link("epil", site + page, title, HTML, leaflet.language),
        Link("epil", site + file, title, PDF, leaflet.language),
    ]
