"""One step of a capture job: the next events of a partner's document, through the one door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.custody.outcomes import Outcome
from apps.custody.services import capture
from apps.exchange.master_data.proposing import propose
from apps.exchange.master_data.reading import read_told
from apps.exchange.problems import EpcisException, refusal_body
from apps.exchange.reading import Read, read_events, reasons_of
from apps.exchange.receipts import claim_to
from apps.jobs.models import Job, JobInput
from apps.jobs.registry import runner
from apps.parties.actor import Actor, actor_of
from apps.parties.models import Membership
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.refusal import Refusal, Refused

KIND = "epcis_capture"
EVENTS_A_STEP = 1_000
MOST_REASONS = 100  # of damaged master data


@runner(KIND)
def step(job: Job, *, at: datetime) -> None:
    """`proceed` takes 1,000 events a step; `rollback` all at once, since they stand or fall together.

    What became of them goes into the job: `receipts` (see `claim_to`) and `errors` (problem documents).
    Where the document holds master data, that is one more step behind the events: it never stands in their
    way.
    """
    told = job.parameters
    mode = told["behaviour"]
    content = bytes(JobInput.objects.get(job=job).content)
    events = job.total - (1 if "masterData" in told else 0)
    if job.done == events:
        told["masterData"] = _propose(job, content, at=at)
        job.done = job.total
        return
    read = read_events(content, told["form"])
    stop = events if mode == "rollback" else min(events, job.done + EVENTS_A_STEP)
    chunk = read[job.done : stop]
    told["errors"] += [
        problem
        for place, one in chunk
        if isinstance(one, Refusal)
        for problem in _problems(place, reasons_of(one))
    ]
    _capture(chunk, told, actor=actor_of_job(job), mode=mode, at=at)
    job.done = stop


def _propose(job: Job, content: bytes, *, at: datetime) -> dict[str, Any]:
    """What became of the master data, for the answer about the job."""
    told = job.parameters
    try:
        found = read_told(content, told["form"])
    except Refused as refused:
        return {"refusals": [refusal_body(one) for one in refused.refusals[:MOST_REASONS]]}
    proposed = propose(
        organisation_id=actor_of_job(job).organisation_id,
        told=found,
        source=told.get("source", "EPCIS capture"),
        job_id=job.pk,
        at=at,
    )
    return {
        "elements": proposed.elements,
        "proposals": proposed.proposals,
        "leftOff": proposed.left_off,
    }


def _capture(chunk: Read, told: dict[str, Any], *, actor: Actor, mode: Any, at: datetime) -> None:
    events = [(place, one) for place, one in chunk if isinstance(one, Event)]
    partner = told.get("partner")  # of a feed
    result = capture(
        actor=actor,
        events=[event for _, event in events],
        at=at,
        mode=mode,
        unmanaged=True,
        partner_id=UUID(partner) if partner else None,
    )
    for (place, _), outcome in zip(events, result.outcomes, strict=True):
        if outcome.fate in ("accepted", "repeated"):
            told["receipts"].append(claim_to(outcome))
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
        .filter(pk=job.parameters["membership"], user__is_active=True, ended_at=None)
        .first()
    )
    if member is None:
        raise Refused.one("not_member", "Whoever sent this is no longer a member.")
    return actor_of(member)
