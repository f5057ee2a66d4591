"""What goes wrong: a copied serial, an expired pack, two recalled batches. Each happens once."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.catalog.models import Batch
from apps.custody.models import RefusedEvent
from apps.custody.services.capture import capture
from apps.parties.models import User
from apps.safety.models import Recall
from apps.safety.services import recall
from pharmatrace.demo.cast import CAST
from pharmatrace.demo.highlights import Highlight, Highlights
from pharmatrace.demo.scenes import Scene, event_of
from pharmatrace.demo.world import World
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.gs1.identifiers import package_id
from pharmatrace.kernel.refusal import Refusal

BEFORE_RECORDED = timedelta(minutes=3)
"""How long before we hear of it somebody scans."""


class NotRefused(AssertionError):
    """A pack went to a patient that must not: the rules are wrong."""


def happen(world: World, packs: Highlights, *, at: datetime) -> dict[str, Refusal]:
    """Lets everything go wrong that has not yet; returns the refusals by name of the incident."""
    copy = _refused(world, packs.cloned, by=packs.presented_by, at=at)
    _refused(
        world, packs.travelled, by=packs.travelled_to, at=packs.travelled_at + 2 * BEFORE_RECORDED
    )
    expired = _refused(world, packs.expired, by=packs.expired.holder, at=at)
    _recall(
        world, packs.recalled_at_counter, at=at, severity=Recall.Severity.CLASS_3,
        reason="The leaflet lacks a warning (invented for this demo).",
        instruction="Set the packs apart and send them back to the wholesaler.",
    )  # fmt: skip
    _recall(
        world, packs.recalled, at=at, severity=Recall.Severity.CLASS_2,
        reason="Particles seen in some bottles (invented for this demo).",
        instruction="Stop dispensing, set the packs apart and return them to the wholesaler.",
    )  # fmt: skip
    return {"clone": copy, "expired": expired}


def _refused(world: World, pack: Highlight, *, by: str, at: datetime) -> Refusal:
    """`by` tries to dispense the pack and is refused, unless that happened in an earlier run."""
    earlier = RefusedEvent.objects.filter(
        package_id=package_id(pack.uri.removeprefix(RESOLVER)),
        actor_id=world.actors[by].organisation_id,
        kind=Kind.DISPENSE,
    ).first()
    if earlier is not None:
        return Refusal(earlier.code, earlier.sentence)
    scene = Scene(at - BEFORE_RECORDED, by, Kind.DISPENSE, (pack.uri,))
    result = capture(actor=world.actors[by], events=[event_of(scene)], at=at)
    if result.ok:
        raise NotRefused(f"{pack.uri} was dispensed by {by}")
    return result.outcomes[0].refusals[0]


def _recall(
    world: World, pack: Highlight, *, severity: str, reason: str, instruction: str, at: datetime
) -> None:
    batch = Batch.objects.select_related("product").get(
        product__gtin=pack.batch.medicine.gtin, lot=pack.batch.lot
    )
    if Recall.objects.filter(batch=batch).exists():
        return
    maker = pack.batch.medicine.maker
    recall(
        actor=world.actors[maker],
        user=User.objects.get(email=CAST[maker].email),
        batch=batch,
        severity=severity,
        reason=reason,
        instruction=instruction,
        at=at,
    )
