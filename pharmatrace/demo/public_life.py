"""What the public finds and does in the demo: leaflets to read, looks at a copied pack, and a report with a photo."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from uuid import NAMESPACE_URL, uuid5

from PIL import Image, ImageDraw
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from apps.catalog.leaflets import add_leaflet
from apps.catalog.models import Leaflet, Product
from apps.custody import selectors as custody
from apps.parties.models import User
from apps.safety.looks import count_look
from apps.safety.models import PublicLook
from apps.safety.reporting import report_suspicion
from pharmatrace.demo.highlights import Highlight, Highlights
from pharmatrace.demo.leaflet_words import WORDS
from pharmatrace.demo.world import World
from pharmatrace.kernel.custody.act import RESOLVER

OWN = {"PT": "pt", "ES": "es"}
LOOKS = (("PT", 9), ("ES", 11), ("FR", 4))


def live_in_public(world: World, packs: Highlights, *, at: datetime) -> None:
    """Each thing once: what is there from an earlier run stays as it is."""
    for product in Product.objects.select_related("manufacturer").order_by("gtin"):
        _leaflets(product, world, at=at)
    _looks(packs.cloned, at=at)
    _report(packs.cloned, at=at - timedelta(hours=2))


def leaflet_pdf(product: Product, language: str) -> bytes:
    """One page, the same bytes for the same words."""
    title, note, *sections = WORDS[language]
    styles = getSampleStyleSheet()
    plain = ParagraphStyle("plain", parent=styles["BodyText"], fontSize=10, alignment=TA_LEFT)
    story = [
        Paragraph(f"{title}: {product}", styles["Heading2"]),
        Paragraph(f"<b>{note}</b>", plain),
    ]
    for heading, words in sections:
        story.append(Paragraph(_of(heading, product), styles["Heading4"]))
        story += [Paragraph(line, plain) for line in _of(words, product).split("\n")]
    out = BytesIO()
    SimpleDocTemplate(
        out, pagesize=A5, invariant=1, title=f"{title}: {product}", lang=language
    ).build(story)
    return out.getvalue()


def leaflet_text(product: Product, language: str) -> str:
    """The same words as plain text."""
    _, note, *sections = WORDS[language]
    told = "\n\n".join(f"{heading}\n\n{words}" for heading, words in sections)
    return _of(f"{note}\n\n{told}", product)


def _of(words: str, product: Product) -> str:
    return words.format(name=product.name, strength=product.strength)


def _leaflets(product: Product, world: World, *, at: datetime) -> None:
    if Leaflet.objects.filter(product=product).exists():
        return
    maker = next(
        (one for one in world.actors.values() if one.organisation_id == product.manufacturer_id),
        None,
    )
    if maker is None:
        return  # somebody registered it by hand
    user = User.objects.filter(memberships__organisation_id=maker.organisation_id).earliest("pk")
    for language in (OWN.get(product.market, "en"), "en", "de", "fr"):
        add_leaflet(
            actor=maker,
            user=user,
            product=product,
            language=language,
            market=product.market,
            pdf=leaflet_pdf(product, language),
            text=leaflet_text(product, language),
            at=at - timedelta(days=30),
        )


def _looks(pack: Highlight, *, at: datetime) -> None:
    """The copied serial is looked at in three countries: that is how a copy shows itself to the public."""
    package = custody.find(pack.uri.removeprefix(RESOLVER))
    if package is None or PublicLook.objects.filter(package_id=package.id).exists():
        return
    for country, times in LOOKS:
        for number in range(times):
            count_look(
                package_id=package.id,
                batch_id=package.batch_id,
                country=country,
                visitor=f"{country} {number}",
                since=package.status_at.date(),
                at=max(package.status_at, at - timedelta(hours=7 * number)),
            )


def _report(pack: Highlight, *, at: datetime) -> None:
    path = pack.uri.removeprefix(RESOLVER)
    package = custody.find(path)
    if package is None or package.batch is None:
        return
    report_suspicion(
        once=uuid5(NAMESPACE_URL, pack.uri),
        found=["packaging", "source"],
        words="The print on the side is blurred and the seal is missing. I was offered it at a market stall.",
        photo=_picture(),
        contact="ana@demo.example",
        code=pack.uri,
        package_id=package.id,
        package_path=path,
        product=package.batch.product,
        batch=package.batch,
        language="en",
        at=at,
    )


def _picture() -> bytes:
    """A drawn box with a torn seal: a photo of nobody's table."""
    picture = Image.new("RGB", (1200, 800), "#b8a88a")
    draw = ImageDraw.Draw(picture)
    draw.polygon(
        [(250, 250), (900, 190), (950, 560), (290, 640)], fill="#f6f6f2", outline="#888888", width=4
    )
    draw.polygon(
        [(250, 250), (330, 170), (970, 120), (900, 190)], fill="#dcdcd6", outline="#888888", width=4
    )
    draw.text((340, 330), "DEMO 40 mg", fill="#1a5a6a", font_size=80)
    draw.text((344, 334), "DEMO 40 mg", fill="#8fb7c0", font_size=80)  # a blurred print
    draw.line([(860, 180), (880, 230), (850, 280), (885, 330)], fill="#a01b1b", width=10)
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
