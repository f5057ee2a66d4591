"""How the telling of each kind and target goes: for health, doctor and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.anchors.backends import Backend, backends
from apps.anchors.models import Anchor, AnchorAttempt

LONG = timedelta(days=1)  # in a day every kind has had many tries
State = AnchorAttempt.State


@dataclass(frozen=True, slots=True)
class Standing:
    """One target. `told` is the newest anchored size, `pending` how many wait to become final."""

    kind: str
    target: str
    told: int | None
    told_at: datetime | None
    pending: int
    failing_since: datetime | None
    last_error: str

    def is_late(self, now: datetime) -> bool:
        return self.failing_since is not None and now - self.failing_since >= LONG

    def __str__(self) -> str:
        who = f"{self.kind} {self.target}".rstrip()
        if self.failing_since is not None:
            return f"{who} fails since {self.failing_since:%Y-%m-%d %H:%M} UTC: {self.last_error}"
        if self.told is None:
            return f"{who}: nothing is anchored yet"
        more = f", {self.pending} on the way" if self.pending else ""
        return f"{who}: {self.told} entries anchored, {self.told_at:%Y-%m-%d %H:%M} UTC{more}"


def not_configured() -> list[Backend]:
    """The kinds that do nothing here."""
    return [kind for kind in backends() if not kind.targets()]


def standings() -> list[Standing]:
    """One for each target that is configured; a few queries each."""
    return [_standing(kind.name, target) for kind in backends() for target in kind.targets()]


def _standing(kind: str, target: str) -> Standing:
    anchors = Anchor.objects.filter(backend=kind, target=target)
    newest = anchors.order_by("-checkpoint_id").values_list("checkpoint_id", "anchored_at").first()
    attempts = AnchorAttempt.objects.filter(backend=kind, target=target)
    last = attempts.order_by("-begun_at").first()
    failing = last if last is not None and last.failing_since is not None else None
    return Standing(
        kind=kind,
        target=target,
        told=newest[0] if newest else None,
        told_at=newest[1] if newest else None,
        pending=attempts.filter(state=State.PENDING).count(),
        failing_since=failing.failing_since if failing else None,
        last_error=failing.last_error if failing else "",
    )
