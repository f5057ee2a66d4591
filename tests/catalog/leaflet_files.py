"""Small real PDFs for leaflets."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from apps.catalog.leaflets import add_leaflet
from apps.catalog.models import Leaflet, Product
from tests.safety.reports import AT


def pdf(text: str = "Package leaflet", *, encrypt: str | None = None, compress: int = 1) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, encrypt=encrypt, invariant=1, pageCompression=compress)
    canvas.drawString(72, 700, text)
    canvas.save()
    return out.getvalue()


def leaflet_of(maker: Any, product: Product, **changes: Any) -> Leaflet:
    values: dict[str, Any] = {"language": "en", "market": product.market, "pdf": pdf(), "at": AT}
    return add_leaflet(actor=maker.actor, user=maker.user, product=product, **{**values, **changes})
