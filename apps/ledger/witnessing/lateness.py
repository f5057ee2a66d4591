"""Does publication keep up with signing? For people and for /health/witnesses/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from apps.ledger.models import AskedWitness, Checkpoint
from apps.ledger.selectors import published_size, signed_size
from apps.ledger.witnessing.alarms import open_alarms
from apps.ledger.witnessing.policy_file import PolicyFault, check_log, witness_policy


@dataclass(frozen=True, slots=True)
class Unpublished:
    """Signed checkpoints that readers do not see yet: the newest, and for how long the first."""

    size: int
    age: timedelta

    @property
    def too_long(self) -> bool:
        return self.age >= timedelta(seconds=settings.WITNESS_LATE_SECONDS)

    def __str__(self) -> str:
        return (
            f"The checkpoint of {self.size} entries is signed and not published: too few witnesses have"
            f" cosigned it, for {int(self.age.total_seconds())} s"
        )


def unpublished(*, now: datetime) -> Unpublished | None:
    """None when the newest signed checkpoint is published. Three queries, however many wait."""
    later = Checkpoint.objects.filter(size__gt=published_size()).order_by("size")
    first = later.values_list("signed_at", flat=True).first()
    if first is None:
        return None
    return Unpublished(signed_size(), max(now - first, timedelta(0)))


def troubles(*, now: datetime) -> list[str]:
    """What a person has to look at, most urgent first; empty when all is well."""
    told = [f"Alarm {alarm.id}: {alarm.sentence}" for alarm in open_alarms()]
    try:
        check_log(witness_policy())
    except PolicyFault as fault:
        told.append(str(fault))
    late = unpublished(now=now)
    if late is not None and late.too_long:
        failing = AskedWitness.objects.filter(failures__gt=0).order_by("url")
        told.append(f"{late}.")
        told += [
            f"The witness {one.url}: {one.problem}."
            for one in failing
            if not one.problem.endswith(".")
        ]
    return told
