"""What the braces in the addresses of the screens stand for, in a demo that is filled."""

from __future__ import annotations

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package
from apps.custody.selectors import find
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
    return {
        "good": path_of(packs.good),
        "recalled": path_of(packs.recalled),
        "copied": path_of(packs.cloned),
        "stopping": packs.recalled.uri,
        "pack": str(good.pk),
        "case": str(case.pk),
        "batch": str(Batch.objects.get(lot=SOUND_LOT).pk),
        "lot": SOUND_LOT,
        "event": str(newest.pk),
        "entry": str(max(1, filled.log_size - 2)),
    }


def path_of(pack: Highlight) -> str:
    return pack.uri.removeprefix(RESOLVER)
