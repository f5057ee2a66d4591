"""The answer to a question: verdict first, then what is known, where the pack is, and what was checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product
from apps.custody.selectors import Step
from apps.safety.models import Recall
from apps.verify.checking import Checked, check_record
from apps.verify.code_words import said_of_code
from apps.verify.moments import day
from apps.verify.question import Question
from apps.verify.record import Record, each_once, product_of, record_of
from apps.verify.verdicts import Findings, Verdict, judge
from apps.verify.words import (
    FIELDS,
    STEPS,
    declared_at,
    declared_wrong,
    doer,
    holder,
    reported,
    stolen,
    whereabouts,
)
from pharmatrace.kernel.gs1.identifiers import Sgtin, Sscc

NOT_PROVEN: tuple[str | Promise, ...] = (
    _("That what is in the box is what the box says: a proof is about records, not about contents."),
    _("That this box is the only one with this code: a copied code looks the same until both are seen."),
    _("That it was kept cool and dry on its way."),
)  # fmt: skip
ONE_STORY = {
    False: _("That the operator of this site shows everybody the same log: the journal is the operator's own, "
             "and the state that holds this record is cosigned by no independent witness."),
    True: _("That the witnesses who cosigned are independent of the operator: whoever knows them can check "
            "their signatures in the evidence."),
}  # fmt: skip
"""By whether witnesses have cosigned."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a package's life as the public may know it. `step` is the kind of event."""

    at: datetime
    step: str
    what: str
    role: str
    country: str
    who: str
    in_container: bool
    reported: str
    """That somebody else recorded it for a partner; empty where not."""
    wrong: str
    """Since when and why it does not count; empty where it does."""
    declaration: dict[str, Any] | None
    """The errorDeclaration that declares it wrong."""
    stolen: str
    """That it may be a thief's, who stole the key that signed it; empty where not."""
    stolen_since: datetime | None
    erased: bool


@dataclass(frozen=True, slots=True)
class Warning:
    """A further verdict that holds beside the first."""

    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`record` and `checked` are None where no package was found. `differing` are the scanned fields
    that differ from the record; what the record says instead is not told."""

    question: Question | None
    verdict: Verdict
    sentence: str
    next_step: str
    answered_at: datetime
    also: tuple[Warning, ...] = ()
    product: Product | None = None
    record: Record | None = None
    checked: Checked | None = None
    differing: dict[str, str] = field(default_factory=dict)
    recall: Recall | None = None

    @property
    def path(self) -> str | None:
        """The canonical path of the package asked for, where the code names one."""
        if self.question is None or self.question.problem is not None:
            return None
        identity = self.question.reading.identity
        return identity.path if identity else None

    @property
    def lot(self) -> str | None:
        batch = self.record.batch if self.record else None
        return batch.lot if batch and not self.differing else None

    @property
    def expiry(self) -> date | None:
        batch = self.record.batch if self.record else None
        return batch.expiry if batch and not self.differing else None

    @property
    def recalled_lot(self) -> str:
        """As it stands on the pack: where that differs the recorded one is not told."""
        batch = self.record.batch if self.record else None
        return self.differing.get("lot", batch.lot) if batch else ""

    @property
    def where(self) -> str:
        return whereabouts(self.record) if self.record else ""

    @property
    def life(self) -> list[Hop]:
        return [_hop(step) for step in (each_once(self.record.steps) if self.record else ())]

    @property
    def problems(self) -> list[str]:
        """What is wrong with the code itself, in the reader's own words."""
        if self.question is None:
            return []
        problem = self.question.problem
        return [said_of_code(problem)] if problem else self.question.cautions

    @property
    def not_proven(self) -> Sequence[str | Promise]:
        return (*NOT_PROVEN, ONE_STORY[self.checked is not None and self.checked.witnessed])


def _hop(step: Step) -> Hop:
    event = step.event
    assert event.site is not None  # what happens to a package happens at a site
    return Hop(
        at=event.occurred_at if step.declaration is None else declared_at(step),
        step=event.kind,
        what=str(STEPS[event.kind]),
        role=event.doer.kind,
        country=event.site.country,
        who=doer(event),
        in_container=step.via is not None,
        reported=reported(event),
        wrong=declared_wrong(step),
        declaration=step.wrong.declaration if step.wrong else None,
        stolen=stolen(step),
        stolen_since=step.stolen_since,
        erased=step.erased,
    )


def answer(question: Question, *, at: datetime) -> Answer:
    """Looks a code up, checks what is recorded, and judges.

    A found pack costs the queries of `record_of` and `check_record`, and one more if it was recalled.
    """
    identity = question.reading.identity
    if question.problem is not None or identity is None:
        product = product_of(question)
        problem = question.problem.code if question.problem else "unreadable"
        found = Findings(problem=problem, product_known=product is not None)
        return _answer(question, found, at=at, product=product)
    seen = _look(identity)
    if seen is None:
        product = product_of(question)
        return _answer(
            question, Findings(product_known=product is not None), at=at, product=product
        )
    return _about(question, *seen, at=at)


def _look(identity: Sgtin | Sscc, *, looks: int = 3) -> tuple[Record, Checked] | None:
    """The record and its checks. What fails is looked at again: an event that was recorded between two
    of our queries must not look like a forgery."""
    record = record_of(identity)
    if record is None:
        return None
    checked = check_record(record)
    if checked.holds or looks == 1:
        return record, checked
    return _look(identity, looks=looks - 1)


def _about(question: Question, record: Record, checked: Checked, *, at: datetime) -> Answer:
    batch = record.batch
    product = batch.product if batch else None
    differing = question.differing(lot=batch.lot, expiry=batch.expiry) if batch else {}
    recalled = batch is not None and batch.recalled_at is not None
    found = Findings(
        product_known=True,
        status=record.status,
        container=record.is_container,
        upstream=record.is_upstream,
        packed=record.is_packed,
        mismatches=frozenset(differing),
        recalled=recalled,
        withdrawn=product is not None and product.withdrawn_at is not None,
        expired=record.expired(on=at.date()),
        record_holds=checked.holds,
        stolen_key=record.stolen_since is not None,
        sealed=checked.sealed,
    )
    return _answer(
        question,
        found,
        at=at,
        product=product,
        record=record,
        checked=checked,
        differing=differing,
        recall=Recall.objects.filter(batch=batch).first() if recalled else None,
    )


def _answer(
    question: Question, found: Findings, *, at: datetime, record: Record | None = None, **more: Any
) -> Answer:
    verdict, others = judge(found)
    words = _details(record, more.get("differing", {})) if record else {}
    sentence, next_step = verdict.filled(words)
    return Answer(
        question=question,
        verdict=verdict,
        sentence=sentence,
        next_step=next_step,
        answered_at=at,
        also=tuple(Warning(other, other.filled(words)[0]) for other in others),
        record=record,
        **more,
    )


def _details(record: Record, differing: dict[str, str]) -> dict[str, str]:
    """The words that sentences of the verdict table may name."""
    words = {
        "status_date": day(record.status_at),
        "holder": holder(record),
        "stolen_since": day(record.stolen_since) if record.stolen_since else "",
        "mismatches": ", ".join(f"{FIELDS[name]} {text}" for name, text in differing.items()),
    }
    batch = record.batch
    if batch is not None:
        product = batch.product
        words |= {
            # Where the scanned fields differ the recorded ones are not told.
            "lot": differing.get("lot", batch.lot),
            "expiry": day(batch.expiry),
            "recalled_date": day(batch.recalled_at) if batch.recalled_at else "",
            "recall_reason": batch.recall_reason,
            "withdrawn_date": day(product.withdrawn_at) if product.withdrawn_at else "",
        }
    return words
