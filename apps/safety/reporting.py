"""What the public reports as suspicious: taken in, told to whoever must look into it, and answered by its reference."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.catalog.models import Batch, Product
from apps.parties.actor import Actor
from apps.safety.models import Alert, Report, ReportContact
from apps.safety.photos import redrawn
from pharmatrace.kernel.refusal import Refused

FOUND: dict[str, str | Promise] = {
    "packaging": _("The box, its print or its label looks wrong"),
    "opened": _("It was open, or the seal was broken"),
    "contents": _("What is inside looks, smells or feels different"),
    "leaflet": _("The leaflet is missing, or is for another medicine"),
    "effect": _("It worked differently from before, or not at all"),
    "source": _("I was offered it in an unusual place"),
    "verdict": _("This site warned me about it"),
    "other": _("Something else"),
}
"""What may be wrong, by the code that is stored."""

MOST_CHARACTERS = 1_500
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that looks like something else


def report_suspicion(
    *,
    once: UUID,
    found: Sequence[str],
    words: str,
    photo: bytes | None,
    contact: str,
    code: str,
    package_id: UUID | None,
    package_path: str,
    product: Product | None,
    batch: Batch | None,
    language: str,
    at: datetime,
) -> Report:
    """Takes a report in and raises one alert: on the maker's desk where the product is known, and on the regulators'
    always. The same form sent again (`once`) gives the report that is there.

    Raises Refused: `report_empty`, `report_choice`, `report_long` and those of `photos.redrawn`.
    """
    earlier = Report.objects.filter(once=once).first()
    if earlier is not None:
        return earlier
    _check(found, words)
    picture = redrawn(photo) if photo else None
    with transaction.atomic():
        report, made = Report.objects.get_or_create(
            once=once,
            defaults={
                "reference": _reference(),
                "code": code[:300],
                "package_id": package_id,
                "package_path": package_path,
                "product": product,
                "batch": batch,
                "found": list(dict.fromkeys(found)),
                "words": words.strip(),
                "language": language,
                "reported_at": at,
            },
        )
        if not made:
            return report
        if picture is not None:
            report.photo = default_storage.save(
                f"reports/{at:%Y%m}/{secrets.token_hex(16)}.jpg", ContentFile(picture)
            )
            report.save(update_fields=["photo"])
        if contact.strip():
            ReportContact.objects.create(report=report, text=contact.strip()[:200])
        Alert.objects.create(
            kind=Alert.Kind.SUSPICION,
            package_id=package_id,
            package_path=package_path,
            batch=batch,
            report=report,
            raised_for_id=product.manufacturer_id if product else None,
            sentence=_sentence(report),
            raised_at=at,
        )
    return report


def reports_for(actor: Actor) -> QuerySet[Report]:
    """A manufacturer sees reports about its products; a regulator sees all; nobody else any."""
    reports = Report.objects.select_related("product", "batch", "alert", "contact")
    if actor.kind == "regulator":
        return reports
    return reports.filter(product__manufacturer_id=actor.organisation_id)


def open_report(*, report: Report, at: datetime) -> None:
    """Somebody looks at it; the first time is kept, and told to whoever asks by the reference."""
    Report.objects.filter(pk=report.pk, opened_at__isnull=True).update(opened_at=at)


def report_called(reference: str) -> Report | None:
    """The report with this reference, however it was typed: letters small, without dashes, O for 0 and I or L for 1."""
    told = reference.upper().translate(str.maketrans("OIL", "011", " -\u2010\u2011\u2013"))
    if len(told) != 12 or any(one not in _ALPHABET for one in told):
        return None
    spelled = "-".join(told[at : at + 4] for at in (0, 4, 8))
    return Report.objects.select_related("product", "alert").filter(reference=spelled).first()


def found_words(found: Collection[str]) -> list[str]:
    """What was found, as the reader's sentences."""
    return [str(FOUND[code]) for code in found if code in FOUND]


def _check(found: Sequence[str], words: str) -> None:
    if not found:
        raise Refused.one("report_empty", "Tick at least one thing that is wrong.", field="found")
    if any(code not in FOUND for code in found):
        raise Refused.one("report_choice", "Choose from the list.", field="found")
    if len(words) > MOST_CHARACTERS:
        raise Refused.one(
            "report_long", f"Tell it in at most {MOST_CHARACTERS:,} characters.", field="words"
        )


def _reference() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def _sentence(report: Report) -> str:
    """For the desks, which speak English. Nothing of what a stranger wrote freely: that is on the report's page."""
    with override("en"):
        said = "; ".join(found_words(report.found))
    about = report.package_path or (str(report.product) if report.product else "A pack")
    return f"{about} was reported by somebody outside (number {report.reference}): {said}."
