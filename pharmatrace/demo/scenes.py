"""A scene is one thing one player does at one time; `event_of` spells it as the EPCIS event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pharmatrace.demo.cast import CAST
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.model import Event


@dataclass(frozen=True, slots=True)
class Scene:
    """`other` is the consignee of a shipment, the sender of a receipt. `parent` is a container's URI."""

    at: datetime
    who: str
    kind: Kind
    uris: tuple[str, ...]
    parent: str = ""
    other: str = ""
    reference: str = ""
    lot: str = ""
    expiry: date | None = None


def event_of(scene: Scene) -> Event:
    here = CAST[scene.who].site_gln
    match scene.kind:
        case Kind.COMMISSION:
            assert scene.expiry is not None
            return acts.commission(
                scene.uris, lot=scene.lot, expiry=scene.expiry, site_gln=here, at=scene.at
            )
        case Kind.PACK:
            return acts.pack(scene.parent, scene.uris, site_gln=here, at=scene.at)
        case Kind.UNPACK:
            return acts.unpack(scene.parent, scene.uris, site_gln=here, at=scene.at)
        case Kind.SHIP | Kind.RETURN:
            return acts.ship(
                scene.uris,
                sender_gln=CAST[scene.who].gln,
                consignee_gln=CAST[scene.other].gln,
                reference=scene.reference,
                site_gln=here,
                at=scene.at,
                returning=scene.kind is Kind.RETURN,
            )
        case Kind.RECEIVE | Kind.REFUSE:
            return acts.receive(
                scene.uris,
                sender_gln=CAST[scene.other].gln,
                consignee_gln=CAST[scene.who].gln,
                reference=scene.reference,
                site_gln=here,
                at=scene.at,
                refusing=scene.kind is Kind.REFUSE,
            )
        case _:
            return acts.act(scene.kind, scene.uris, site_gln=here, at=scene.at)
