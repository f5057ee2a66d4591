"""The state of the proof of each event: signed by whom, sealed where, anchored or not. Two queries for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.anchors.models import Anchor
from apps.ledger.models import Statement
from apps.ledger.selectors import EntryState, entries_of
from apps.ledger.stolen import reported_stolen


@dataclass(frozen=True, slots=True)
class ProofState:
    """`entry.index` is None while the event waits to be sealed; `entry.size` is the first checkpoint that
    covers it. `anchors` name the backends that were told of a checkpoint which covers it."""

    kid: str
    signer: str
    subject: str
    entry: EntryState
    anchors: tuple[str, ...]
    stolen_since: datetime | None = None
    """As of when its key was reported stolen, where it may be the thief's."""


def proof_states(ids: Sequence[int]) -> dict[int, ProofState]:
    """Of statements, by their ids."""
    entries = entries_of(ids)
    anchored = _furthest_anchors()
    signed = list(
        Statement.objects.filter(id__in=ids).values_list(
            "id", "key_id", "key__organisation__name", "subject", "key__stolen_since"
        )
    )
    suspects = {id for id, *_, since in signed if since is not None}
    stolen = reported_stolen(suspects) if suspects else {}
    return {
        id: ProofState(
            kid=bytes(kid).hex(),
            signer=signer or "",
            subject=subject,
            entry=entries[id],
            anchors=_covering(anchored, entries[id].index),
            stolen_since=stolen.get(id),
        )
        for id, kid, signer, subject, _ in signed
    }


def _furthest_anchors() -> dict[str, int]:
    """The largest checkpoint each backend was told of."""
    newest = (
        Anchor.objects.order_by("backend", "-checkpoint_id")
        .distinct("backend")
        .values_list("backend", "checkpoint_id")
    )
    return dict(newest)


def _covering(anchored: dict[str, int], index: int | None) -> tuple[str, ...]:
    if index is None:
        return ()
    return tuple(sorted(name for name, size in anchored.items() if size > index))
