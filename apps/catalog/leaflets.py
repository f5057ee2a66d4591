"""Leaflets: a manufacturer adds versions, everybody reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from apps.catalog.leaflet_pdf import check_leaflet_pdf
from apps.catalog.leaflet_text import MOST_CHARACTERS
from apps.catalog.models import Leaflet, Product
from apps.parties.actor import Actor
from apps.parties.checking import checked_country
from apps.parties.models import User
from pharmatrace.kernel.refusal import Refused

_LANGUAGE = re.compile(r"[a-z]{2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@transaction.atomic
def add_leaflet(
    *,
    actor: Actor,
    user: User,
    product: Product,
    language: str,
    market: str,
    pdf: bytes,
    text: str = "",
    at: datetime,
) -> Leaflet:
    """The next version of the product's leaflet in this language for this market; it holds from now on.

    Raises Refused: `not_manufacturer`, `not_operator`, `language_code`, `country_code`, `leaflet_text`,
    `leaflet_same` (the version that holds has the same file and text) and those of `check_leaflet_pdf`.
    """
    if product.manufacturer_id != actor.organisation_id:
        raise Refused.one("not_manufacturer", f"{product} is made by somebody else.", field="actor")
    if not actor.may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.", field="actor")
    language, market = _checked_language(language), checked_country(market)
    text = text.strip()
    if len(text) > MOST_CHARACTERS or "\x00" in text:
        raise Refused.one(
            "leaflet_text", f"The text has at most {MOST_CHARACTERS:,} characters.", field="text"
        )
    check_leaflet_pdf(pdf)
    digest = sha256(pdf).hexdigest()
    Product.objects.select_for_update().get(pk=product.pk)  # two at once get two versions
    versions = Leaflet.objects.filter(product=product, language=language, market=market)
    newest = versions.order_by("-version").first()
    if newest is not None and (newest.sha256, newest.text) == (digest, text):
        raise Refused.one(
            "leaflet_same",
            f"This is version {newest.version}, which is shown already.",
            field="pdf",
            version=newest.version,
        )
    _keep(digest, pdf)
    return Leaflet.objects.create(
        product=product,
        language=language,
        market=market,
        version=(newest.version if newest else 0) + 1,
        sha256=digest,
        size=len(pdf),
        text=text,
        uploaded_by=user,
        uploaded_at=at,
    )


def current_leaflets(product_id: UUID) -> list[Leaflet]:
    """The version that holds of each language and market. One query."""
    return list(
        Leaflet.objects.filter(product_id=product_id)
        .order_by("market", "language", "-version")
        .distinct("market", "language")
    )


def best_leaflet(
    leaflets: Iterable[Leaflet], *, languages: Sequence[str], market: str
) -> Leaflet | None:
    """For a reader of `languages` (most wanted first) who holds a pack of `market`: the language counts first, since a
    leaflet that cannot be read is none; then the market of the pack."""

    def rank(leaflet: Leaflet) -> tuple[int, bool, str, str]:
        wanted = (
            languages.index(leaflet.language) if leaflet.language in languages else len(languages)
        )
        return (wanted, leaflet.market != market, leaflet.market, leaflet.language)

    return min(leaflets, key=rank, default=None)


def versions_of(leaflet: Leaflet) -> list[Leaflet]:
    """All versions for the same readers, newest first. One query."""
    same = Leaflet.objects.filter(
        product_id=leaflet.product_id, language=leaflet.language, market=leaflet.market
    )
    return list(same.order_by("-version"))


def newest_version(leaflet: Leaflet) -> int:
    """The number of the version that holds for the readers of this one."""
    same = Leaflet.objects.filter(
        product_id=leaflet.product_id, language=leaflet.language, market=leaflet.market
    )
    return int(same.aggregate(newest=Max("version"))["newest"])


def storage_name(digest: str) -> str:
    """Where the PDF with this SHA-256 (hex) lies in the file storage."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError(digest)
    return f"leaflets/{digest[:2]}/{digest}.pdf"


def _keep(digest: str, pdf: bytes) -> None:
    """Content has one name, so a second writer finds it there. A file whose row was not committed does no harm."""
    name = storage_name(digest)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(pdf))


def _checked_language(text: str) -> str:
    language = text.strip().lower()
    if not _LANGUAGE.fullmatch(language):
        raise Refused.one(
            "language_code",
            f"A language is written as two letters, like pt or es, not {text!r}.",
            field="language",
        )
    return language
