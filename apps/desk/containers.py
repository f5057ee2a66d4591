"""Containers: free SSCCs, and packing many packs of a batch into cases of one size."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from apps.catalog.models import Batch
from apps.custody.models import CustodyEvent, Package
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind, Level, Status
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import ID_STEM, Sscc, make_sscc
from pharmatrace.kernel.refusal import Refused

EXTENSION = "3"  # any digit; ours marks containers that were numbered here
MOST_AT_ONCE = 10_000  # packs in one go, so that a page answers within seconds
CANDIDATES = 4


def gs1_prefix(organisation_id: UUID) -> str:
    """The company prefix containers are numbered under. Raises `Refused` where there is none."""
    prefixes = Organisation.objects.values_list("gs1_prefixes", flat=True).get(id=organisation_id)
    if not prefixes:
        raise Refused.one(
            "no_gs1_prefix",
            _("Your organisation has no GS1 company prefix here, so it cannot number containers. Scan an SSCC."),
            field="container",
        )  # fmt: skip
    return str(prefixes[0])


def free_sscc(prefix: str) -> str:
    """An SSCC under `prefix` that no container bears. Random, so that two packers never wait for each other."""
    room = 10 ** (16 - len(prefix))
    while True:
        found = [make_sscc(EXTENSION, prefix, secrets.randbelow(room)) for _ in range(CANDIDATES)]
        if free := unused(found):
            return free[0]


def unused(numbers: Sequence[str]) -> list[str]:
    ids = {Sscc(number).package_id: number for number in numbers}
    taken = set(Package.objects.filter(id__in=list(ids)).values_list("id", flat=True))
    return [number for id, number in ids.items() if id not in taken]


def case_packing(*, actor: Actor, batch: Batch, packs: int, size: int, at: datetime) -> list[Event]:
    """Events that put `packs` loose packs of a batch, which are at the actor's site, into cases of `size`.

    The case numbers follow from `at`, so the same form sent twice makes the same events.
    Raises `Refused`: `already_packed`, `not_enough_packs`, `no_gs1_prefix`.
    """
    prefix = gs1_prefix(actor.organisation_id)
    if _done_before(actor, at):
        raise Refused.one("already_packed", _("This was already recorded; nothing was added."))
    loose = list(
        loose_packs(batch.id, actor.site_id).order_by("id").values_list("path", flat=True)[:packs]
    )
    if len(loose) < packs:
        raise Refused.one(
            "not_enough_packs",
            _("Only %(count)s packs of this batch are loose at your site.")
            % {"count": f"{len(loose):,}"},
            field="packs",
        )
    portions = [loose[first : first + size] for first in range(0, packs, size)]
    numbers = _numbers(prefix, seed=f"{batch.id} {at.isoformat()}", count=len(portions))
    return [
        acts.pack(
            Sscc(number).uri, [ID_STEM + path for path in portion], site_gln=actor.site_gln, at=at
        )
        for number, portion in zip(numbers, portions, strict=True)
    ]


def loose_packs(batch_id: UUID, site_id: UUID) -> QuerySet[Package]:
    """Packs of a batch that are in nothing, and free to be packed."""
    return Package.objects.filter(
        batch_id=batch_id, site_id=site_id, parent=None, level=Level.PACK, status=Status.ACTIVE
    )


def _done_before(actor: Actor, at: datetime) -> bool:
    return CustodyEvent.objects.filter(
        actor_id=actor.organisation_id,
        recorded_at__gte=at - timedelta(minutes=1),
        occurred_at=at,
        kind=Kind.PACK,
    ).exists()


def _numbers(prefix: str, *, seed: str, count: int) -> list[str]:
    """`count` free SSCCs, the same for the same seed as long as nobody takes one of them."""
    room = 10 ** (16 - len(prefix))
    numbers: dict[str, None] = {}
    turn = 0
    while len(numbers) < count:
        wanted = count - len(numbers)
        drawn = [_drawn(seed, turn + n) % room for n in range(wanted)]
        turn += wanted
        numbers.update((n, None) for n in unused([make_sscc(EXTENSION, prefix, d) for d in drawn]))
    return list(numbers)[:count]


def _drawn(seed: str, turn: int) -> int:
    digest = salted_hmac("desk.containers", f"{seed} {turn}", algorithm="sha256").digest()
    return int.from_bytes(digest[:12], "big")
