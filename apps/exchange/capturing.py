"""One step of a capture job: the next events of a partner's document, through the one door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from apps.custody.outcomes import Outcome
from apps.custody.services import capture
from apps.exchange.problems import EpcisException, refusal_body
from apps.exchange.reading import Read, read_events, reasons_of
from apps.exchange.receipts import receipt_name
from apps.jobs.models import Job, JobInput
from apps.jobs.registry import runner
from apps.parties.actor import Actor, actor_of
from apps.parties.models import Membership
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.refusal import Refusal, Refused

KIND = "epcis_capture"
EVENTS_A_STEP = 1_000


@runner(KIND)
def step(job: Job, *, at: datetime) -> None:
    """`proceed` takes 1,000 events a step; `rollback` all at once, since they stand or fall together.

    What became of them goes into the job: `receipts` (see `receipt_name`) and `errors` (problem documents).
    """
    mode = job.parameters["behaviour"]
    content = bytes(JobInput.objects.get(job=job).content)
    read = read_events(content, job.parameters["form"])
    stop = job.total if mode == "rollback" else min(job.total, job.done + EVENTS_A_STEP)
    chunk = read[job.done : stop]
    told = job.parameters
    told["errors"] += [
        problem
        for place, one in chunk
        if isinstance(one, Refusal)
        for problem in _problems(place, reasons_of(one))
    ]
    _capture(chunk, told, actor=actor_of_job(job), mode=mode, at=at)
    job.done = stop


def _capture(chunk: Read, told: dict[str, Any], *, actor: Actor, mode: Any, at: datetime) -> None:
    events = [(place, one) for place, one in chunk if isinstance(one, Event)]
    result = capture(
        actor=actor, events=[event for _, event in events], at=at, mode=mode, unmanaged=True
    )
    for (place, _), outcome in zip(events, result.outcomes, strict=True):
        if outcome.fate in ("accepted", "repeated"):
            told["receipts"].append(receipt_name(outcome))
        elif outcome.fate == "refused":
            told["errors"] += _refused(place, outcome)


def _refused(place: str, outcome: Outcome) -> list[dict[str, Any]]:
    return _problems(place, outcome.refusals, eventID=outcome.event_hash)


def _problems(place: str, refusals: Sequence[Refusal], **more: Any) -> list[dict[str, Any]]:
    return [
        EpcisException(
            "ValidationException", one.sentence, place=place, refusal=refusal_body(one), **more
        ).body()
        for one in refusals
    ]


def actor_of_job(job: Job) -> Actor:
    """Whoever sent the document must still be a member when it is captured."""
    member = (
        Membership.objects.select_related("organisation", "site", "user")
        .filter(pk=job.parameters["membership"], user__is_active=True)
        .first()
    )
    if member is None:
        raise Refused.one("not_member", "Whoever sent this is no longer a member.")
    return actor_of(member)
