"""One step of a file's job: its next lines through the one door, and what became of them kept beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction

from apps.custody.outcomes import Outcome
from apps.custody.services import capture
from apps.custody.services.capture import Mode
from apps.exchange.capturing import actor_of_job
from apps.exchange.intake.catalogue import register
from apps.exchange.intake.fates import GOOD, Fate, Word, entries
from apps.exchange.intake.lines import Line
from apps.exchange.intake.telling import as_line
from apps.exchange.intake.work import Work
from apps.jobs.models import Job
from apps.jobs.registry import runner
from apps.parties.actor import Actor
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.refusal import Refused

KIND = "file_intake"
EVENTS_A_STEP, PACKAGES_A_STEP = 1_000, 20_000
MOST_TOGETHER = 10_000  # events of a file that stands or falls as one: they are one step


@runner(KIND)
def step(job: Job, *, at: datetime) -> None:
    """The fates are written before the step commits, under the number of its first line: a step that is
    repeated writes them again, and one that is lost leaves nothing that counts."""
    told = job.parameters
    work = Work(told["work"])
    together = told["mode"] == "rollback"
    lines, end = _next(work, told["read_to"], limited=not together)
    if not lines:
        raise Refused.one("work_gone", "The lines of the file are not complete any more.")
    fates = take(lines, actor=actor_of_job(job), at=at, together=together)
    count: Counter[str] = Counter(told["totals"])

    def tell() -> Iterator[bytes]:
        for line, fate in zip(lines, fates, strict=True):
            for entry in entries(line, fate):
                count[fate.word] += 1
                yield as_line(entry)

    work.write_fates(job.done, tell())
    told["totals"], told["read_to"] = dict(count), end
    job.done += len(lines)


def _next(work: Work, start: int, *, limited: bool) -> tuple[list[Line], int]:
    lines: list[Line] = []
    weight, end = 0, start
    for line, after in work.lines(start=start):
        weight += line.weight
        if limited and lines and weight > PACKAGES_A_STEP:
            break
        lines.append(line)
        end = after
        if limited and len(lines) == EVENTS_A_STEP:
            break
    return lines, end


def take(lines: Sequence[Line], *, actor: Actor, at: datetime, together: bool) -> list[Fate]:
    """What became of each line. With `together`, one that is wrong lets all of them fall."""
    if not together:
        return _take(lines, actor=actor, at=at)
    if any(line.reasons for line in lines):
        return [
            Fate("unreadable") if line.reasons else _fallen(line, Fate("accepted"))
            for line in lines
        ]
    if all(line.event for line in lines):
        return _capture(lines, actor=actor, at=at, mode="rollback")
    with transaction.atomic():
        fates = _take(lines, actor=actor, at=at)
        if all(fate.word in GOOD for fate in fates):
            return fates
        transaction.set_rollback(True)
    return [_fallen(line, fate) for line, fate in zip(lines, fates, strict=True)]


def _fallen(line: Line, fate: Fate) -> Fate:
    if fate.word == "accepted" or fate.word == "unmanaged":
        return Fate("rolled_back", event_hash(line.event) if line.event else "")
    return fate


def _take(lines: Sequence[Line], *, actor: Actor, at: datetime) -> list[Fate]:
    fates: list[Fate] = []
    for is_event, some in groupby(lines, key=lambda line: line.event is not None):
        if is_event:
            fates += _capture(list(some), actor=actor, at=at)
        else:
            fates += [_register(line, actor=actor, at=at) for line in some]
    return fates


def _capture(
    lines: Sequence[Line], *, actor: Actor, at: datetime, mode: Mode = "proceed"
) -> list[Fate]:
    events = [line.event for line in lines if line.event is not None]
    # A partner's document may tell of things that are not tracked; a row of a table that names a pack which
    # nobody registered is a mistake, or a copy.
    told = capture(actor=actor, events=events, at=at, mode=mode, unmanaged=not lines[0].rows)
    return [Fate(_word(one), one.event_hash, one.refusals) for one in told.outcomes]


def _word(outcome: Outcome) -> Word:
    unmanaged = outcome.fate == "accepted" and outcome.kind == "unmanaged"
    return "unmanaged" if unmanaged else outcome.fate


def _register(line: Line, *, actor: Actor, at: datetime) -> Fate:
    if line.reasons:
        return Fate("unreadable")
    try:
        return Fate(register(line.record, actor=actor, at=at))
    except Refused as no:
        return Fate("refused", refusals=no.refusals)
