"""What the braces in the addresses of the screens stand for, in a demo that is filled."""

from __future__ import annotations

from apps.catalog.models import Batch, Leaflet
from apps.custody.models import CustodyEvent, Package
from apps.custody.selectors import find
from apps.oversight.models import CaseFile
from apps.parties.models import Membership, Organisation
from apps.safety.models import Recall, Report
from pharmatrace.demo.cast import CAST
from pharmatrace.demo.fill import Filled
from pharmatrace.demo.highlights import SOUND_LOT, Highlight
from pharmatrace.kernel.custody.act import RESOLVER


def places(filled: Filled) -> dict[str, str]:
    packs = filled.packs
    good = find(path_of(packs.good))
    assert good is not None
    case = (
        Package.objects.filter(
            custodian__gln=CAST["wholesaler"].gln, parent=None, level__in=("case", "pallet")
        )
        .order_by("-status_at", "id")
        .first()
    )
    newest = CustodyEvent.objects.exclude(statement__entry=None).order_by("-id").first()
    assert case is not None
    assert newest is not None
    travelled = find(path_of(packs.travelled))
    assert travelled is not None
    return {
        "good": path_of(packs.good),
        "recalled": path_of(packs.recalled),
        "copied": path_of(packs.cloned),
        "stopping": packs.recalled_at_counter.uri,
        "selling": packs.good.uri,
        "travelled": str(travelled.pk),
        "pack": str(good.pk),
        "case": str(case.pk),
        "batch": str(Batch.objects.get(lot=SOUND_LOT).pk),
        "product": str(Batch.objects.get(lot=SOUND_LOT).product_id),
        "recalled_batch": str(packed_batch(packs.recalled_at_counter).pk),
        "recall": str(Recall.objects.get(batch=packed_batch(packs.recalled)).pk),
        "organisation": str(Organisation.objects.get(gln=CAST["pharmacy-porto"].gln).pk),
        "casefile": str(CaseFile.objects.latest("opened_at").pk),
        "leaflet": str(Leaflet.objects.filter(language="pt").latest("uploaded_at").pk),
        "report": str(Report.objects.latest("id").pk),
        "colleague": str(Membership.objects.get(user__email="otto@demo.example").pk),
        "lot": SOUND_LOT,
        "event": str(newest.pk),
        "size": str(filled.log_size),
        "entry": str(max(1, filled.log_size - 2)),
    }


def packed_batch(pack: Highlight) -> Batch:
    return Batch.objects.get(product__gtin=pack.batch.medicine.gtin, lot=pack.batch.lot)


def path_of(pack: Highlight) -> str:
    return pack.uri.removeprefix(RESOLVER)
