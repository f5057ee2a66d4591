"""One step of a commissioning job: the next packs, through the one door.

Generated serials come from the job's secret, so a step that died with its worker is made again the same. One that a
pack of the product bears already is passed over: `drawn` counts all that were drawn, `done` those that were used.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.custody.serials import LENGTH, Recipe, generate
from apps.custody.services.capture import capture
from apps.jobs.models import Job, JobInput
from apps.jobs.registry import runner
from apps.parties.actor import Actor, actor_of
from apps.parties.models import Membership
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.act import MOST_PACKAGES, RESOLVER
from pharmatrace.kernel.gs1.identifiers import package_ids, sgtin_path
from pharmatrace.kernel.refusal import Refused

EVENTS_A_STEP = 5


@runner("commission")
def step(job: Job, *, at: datetime) -> None:
    """Commissions the next 10,000 packs at most and advances `job.done`."""
    batch = Batch.objects.select_related("product", "site").get(id=job.parameters["batch"])
    stop = min(job.total, job.done + EVENTS_A_STEP * MOST_PACKAGES)
    gtin = batch.product.gtin
    uris = [RESOLVER + path for path in _paths(job, gtin, job.done, stop)]
    events = [
        acts.commission(
            uris[first : first + MOST_PACKAGES],
            lot=batch.lot,
            expiry=batch.expiry,
            site_gln=batch.site.gln,
            at=job.created_at,
        )
        for first in range(0, len(uris), MOST_PACKAGES)
    ]
    capture(actor=_actor(job), events=events, at=at).raise_refused()
    job.done = stop


def _paths(job: Job, gtin: str, start: int, stop: int) -> list[str]:
    if "secret" in job.parameters:
        return _new_paths(job, gtin, stop - start)
    content = bytes(JobInput.objects.get(job=job).content)
    return [sgtin_path(gtin, serial) for serial in content.decode().split("\n")[start:stop]]


def _new_paths(job: Job, gtin: str, count: int) -> list[str]:
    """The next `count` that no pack bears; says in the job's parameters how far it drew. One query, where none is
    taken."""
    given = job.parameters
    secret = bytes.fromhex(given["secret"])
    recipe = Recipe(given.get("alphabet", "clear"), given.get("length", LENGTH))
    drawn = int(given.get("drawn", job.done))
    fresh: dict[UUID, str] = {}
    while len(fresh) < count:
        wanted = count - len(fresh)
        paths = [
            sgtin_path(gtin, serial) for serial in generate(secret, drawn, drawn + wanted, recipe)
        ]
        drawn += wanted
        found = dict(zip(package_ids(paths), paths, strict=True))
        taken = set(Package.objects.filter(id__in=list(found)).values_list("id", flat=True))
        fresh |= {id: path for id, path in found.items() if id not in taken}
    job.parameters = {**given, "drawn": drawn}
    return list(fresh.values())


def _actor(job: Job) -> Actor:
    """Whoever queued the job must still be a member when it runs."""
    if job.owner_id is None or job.organisation_id is None:
        raise Refused.one("not_member", "This job belongs to nobody.")
    member = (
        Membership.objects.select_related("organisation", "site", "user")
        .filter(
            user_id=job.owner_id,
            organisation_id=job.organisation_id,
            user__is_active=True,
            ended_at=None,
        )
        .first()
    )
    if member is None:
        raise Refused.one("not_member", "Whoever started this is no longer a member.")
    return actor_of(member)
