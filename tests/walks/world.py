"""Something real behind every address: a log with entries, a pack that went through everybody's hands, lists that
are long enough to be lists.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.anchors.services import sweep
from apps.custody.models import CustodyEvent
from apps.ledger.selectors import latest_checkpoint
from apps.ledger.services import open_log, seal
from tests.catalog.leaflet_files import leaflet_of
from tests.custody.goods import CASE, package, uri, uris
from tests.safety.reports import reported
from tests.walks import administration, authority
from tests.walks.names import SHARD_FILES


@dataclass
class World:
    """`arguments` of the desk's addresses by name; `literal` addresses of the others."""

    arguments: dict[str, list[Any]]
    literal: dict[str, str] = field(default_factory=dict)

    def address(self, name: str) -> str:
        if name in self.literal:
            return self.literal[name]
        return reverse(name, args=self.arguments.get(name.removeprefix("desk:"), []))


def fill(goods: Any, *, mia: Any, dan: Any, petra: Any, rosa: Any) -> None:
    """More of everything, so that lists have rows, and somebody to tell about what was refused."""
    mine = uris(30)[1:]
    goods.commission(mia, mine)
    goods.pack(mia, CASE, mine[:10])
    goods.ship(mia, [CASE, *mine[10:14]], dan)
    goods.move(mine[14:18], mia, petra)
    goods.ship(dan, mine[28:], mia)  # refused: he never had it
    goods.do("dispense", petra, [mine[14]])
    goods.ship(dan, [mine[14]], mia)  # refused: it was dispensed elsewhere, so an alert
    goods.do("inspect", rosa, [mine[14]])


def _of_a_shard(address: str) -> str:
    return address.replace("/log/", "/log/2999/", 1)


def world_of(arguments: dict[str, list[Any]], goods: Any, cast: dict[str, Any]) -> World:
    open_log(at=timezone.now())
    fill(goods, **cast)
    while seal(at=timezone.now()) is not None:
        pass
    sweep(at=timezone.now())
    goods.do("inspect", cast["rosa"], [uri("S0")])  # waits for its seal
    size = latest_checkpoint().size
    pack = package(uri("S20"))  # every event of it is sealed
    event = CustodyEvent.objects.order_by("id").first()
    assert event is not None
    world = World(arguments)
    world.literal = {
        "verify:link": f"/{pack.path}",
        "verify:evidence": reverse("verify:evidence", args=[pack.path]),
        "verify:certificate": f"/verify/certificate/{pack.path}.pdf",
        "verify:event-evidence": f"/verify/evidence/event/{bytes(event.hash).hex()}",
        "explorer:checkpoint": f"/ledger/checkpoint/{size}/",
        "explorer:entry": "/ledger/entry/1/",
        "explorer:growth": f"/ledger/growth/?old=1&new={size}",
        "ledger:checkpoint-of-size": f"/log/checkpoint/{size}",
        "ledger:checkpoints": "/log/checkpoints/000",
        "ledger:tile": f"/log/tile/0/000.p/{size}",
        "ledger:proof": "/log/proof/1",
        "ledger:receipt": "/log/receipt/1",
        "ledger:consistency": f"/log/consistency?old=1&new={size}",
        "ledger:growth-receipt": f"/log/receipt/consistency?old=1&new={size}",
        "anchors:of-size": f"/log/anchors/{size}",
        "anchors:proof": f"/log/anchors/{size}-0123456789abcdef.tsr",
        "witness:checkpoint": f"/witness/{'0' * 64}/checkpoint",
        "parties:did": f"/parties/{cast['mia'].organisation.pk}/did.json",
    }
    for name in SHARD_FILES:
        world.literal[f"ledger:shard:{name}"] = _of_a_shard(world.address(f"ledger:{name}"))
    for name in ("newest", "of-size", "proof"):
        world.literal[f"shard-anchors:{name}"] = _of_a_shard(world.address(f"anchors:{name}"))
    world.literal |= administration.literal(mia=cast["mia"], petra=cast["petra"], rosa=cast["rosa"])
    world.literal |= authority.literal(mia=cast["mia"], rosa=cast["rosa"])
    assert pack.batch is not None
    leaflet = leaflet_of(cast["mia"], pack.batch.product)
    world.literal |= {
        "verify:leaflet": f"/leaflets/{leaflet.pk}/",
        "verify:leaflet-pdf": f"/leaflets/{leaflet.sha256}.pdf",
        "verify:report-state": f"/verify/report/{reported().reference}/",
    }
    return world
