"""What to say about a scan: good, a repeat, stop, or unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.desk.models import ScanSession
from apps.desk.sessions.on_list import OnList, on_list
from apps.desk.sessions.picking import Picking, picking_for
from apps.desk.sessions.trees import packs_in
from apps.desk.sessions.weighing import GOOD, REPEAT, STOP, UNKNOWN, Weighed, weigh
from apps.parties.actor import Actor
from apps.verify.moments import day
from apps.verify.question import Question
from pharmatrace.kernel.gs1.read import Reading

LABEL_IS_NO_MATTER = ("lock", "return")  # a wrong label is a reason to set a pack apart


@dataclass(frozen=True, slots=True)
class Judgement:
    """`covers`: how many packs the scan stands for that no other good line of the session does."""

    outcome: str
    code: str = ""
    sentence: str = ""
    path: str = ""
    package_id: UUID | None = None
    covers: int = 0


def judge(
    session: ScanSession, readings: Sequence[Reading], *, actor: Actor, at: datetime
) -> list[Judgement]:
    """One judgement for each reading, in order; later ones see earlier ones. A constant number of queries."""
    paths = {identity.package_id: identity.path for one in readings if (identity := one.identity)}
    weighed = weigh(session, paths, actor=actor, at=at)
    bench = Bench(
        session=session,
        weighed=weighed,
        batches=_batches(paths),
        packs=packs_in(paths),
        listed=on_list(session, paths, weighed),
        picking=picking_for(session),
    )
    return [bench.judge(one) for one in readings]


def _batches(ids: Iterable[UUID]) -> dict[UUID, Batch]:
    rows = Package.objects.filter(id__in=list(ids), batch__isnull=False).select_related("batch")
    return {one.id: one.batch for one in rows if one.batch is not None}


@dataclass(slots=True)
class Bench:
    """Everything a judgement needs, loaded once for many scans."""

    session: ScanSession
    weighed: dict[UUID, Weighed]
    batches: dict[UUID, Batch]
    packs: dict[UUID, int]
    listed: OnList
    picking: Picking | None = field(default=None)

    def judge(self, reading: Reading) -> Judgement:
        identity = reading.identity
        if identity is None:
            problem = reading.problem
            code = problem.code if problem else "no_package"
            return Judgement(
                UNKNOWN, code, problem.sentence if problem else _("This names no package.")
            )
        id, path = identity.package_id, identity.path
        outcome, code, sentence = self._said(reading, id)
        covers = 0
        if outcome == GOOD:
            covers = max(self.packs.get(id, 0) - self.listed.inside(id), 0)
            if self.picking and (no := self.picking.refuses(self.batches.get(id), id, covers)):
                return Judgement(STOP, *no, path, id)
            self.listed.add(id, self.weighed[id].inside, covers)
        return Judgement(outcome, code, sentence, path, id, covers)

    def _said(self, reading: Reading, id: UUID) -> tuple[str, str, str]:
        # The label first: two packs with one serial in one hand are no repeat.
        batch = self.batches.get(id)
        if batch is not None and self.session.kind not in LABEL_IS_NO_MATTER:
            found = Question(reading.text, reading).differing(lot=batch.lot, expiry=batch.expiry)
            if "lot" in found:
                return STOP, "lot_differs", _("The label says lot %(label)s, the record says %(record)s.") % {"label": found["lot"], "record": batch.lot}  # fmt: skip
            if "expiry" in found:
                return STOP, "expiry_mismatch", _("The label says expiry %(label)s, the record says %(record)s.") % {"label": day(reading.expiry) if reading.expiry else found["expiry"], "record": day(batch.expiry)}  # fmt: skip
        weighed = self.weighed[id]
        if self.listed.has(id):
            return REPEAT, "already_scanned", _("Scanned already; it counts once.")
        if any(self.listed.has(one) for one in weighed.inside):
            return REPEAT, "inside_scanned", _("Its container was scanned already; it counts once.")
        return weighed.outcome, weighed.code, weighed.sentence
