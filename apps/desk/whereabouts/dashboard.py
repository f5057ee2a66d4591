"""What a maker sees first: what left, where it is, what comes back, what the public looked at, which work runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.desk.whereabouts.selectors import (
    looks_at,
    newest_batches,
    returned_lately,
    whereabouts_of_maker,
)
from apps.jobs.selectors import waiting_jobs
from apps.parties.actor import Actor

MOST_JOBS = 3


def maker_dashboard(actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Eight queries, however many packs there are."""
    me = actor.organisation_id
    return {
        "where": whereabouts_of_maker(me),
        "returned": returned_lately(me, now=now),
        "looks": looks_at(newest_batches(me), today=now.date()),
        "running_jobs": list(waiting_jobs(me)[:MOST_JOBS]),
    }
