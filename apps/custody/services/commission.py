"""Commissioning a batch: long work, done in steps that commit with their progress."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from apps.catalog.models import Batch
from apps.custody.serials import Recipe
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.parties.actor import Actor
from apps.parties.models import User
from pharmatrace.kernel.refusal import Refused

KIND = "commission"


def start_commission(
    *,
    actor: Actor,
    user: User,
    batch: Batch,
    at: datetime,
    count: int | None = None,
    serials: Iterable[str] | None = None,
    recipe: Recipe | None = None,
    secret: bytes | None = None,
) -> Job:
    """Queues the commissioning of `count` packs with generated serials, or of the given `serials`.

    `recipe` says how generated ones look, `secret` which sequence they are; without one it is a new one. Raises
    `Refused` where the batch is not the actor's, the number is impossible or the serials could be guessed; that every
    given serial is new is decided when its turn comes.
    """
    if not actor.may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    if batch.product.manufacturer_id != actor.organisation_id:
        raise Refused.one("not_manufacturer", "This batch belongs to another manufacturer.")
    given = list(serials) if serials is not None else None
    total = len(given) if given is not None else count or 0
    if not 0 < total <= batch.quantity:
        raise Refused.one(
            "count_impossible",
            f"Between 1 and {batch.quantity:,} packs can be commissioned in this batch.",
            field="count",
        )
    parameters: dict[str, str | int] = {"batch": str(batch.id)}
    if given is None:
        recipe = (recipe or Recipe()).checked(total)
        parameters |= {
            "secret": (secret or secrets.token_bytes(32)).hex(),
            "alphabet": recipe.alphabet,
            "length": recipe.length,
        }
    return enqueue(
        kind=KIND,
        title=f"Commission {total:,} packs of {batch.product.name}, lot {batch.lot}",
        owner_id=user.pk,
        organisation_id=actor.organisation_id,
        parameters=parameters,
        total=total,
        at=at,
        content="\n".join(given).encode() if given is not None else None,
    )
