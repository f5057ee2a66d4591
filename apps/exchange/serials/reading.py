"""The job that reads a list's file: one step, since a file is right or wrong as a whole."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from apps.exchange.serials.judging import Judged, judge
from apps.exchange.serials.models import SerialList
from apps.exchange.serials.room import room_of
from apps.exchange.serials.rows import rows_of
from apps.exchange.serials.services import READ
from apps.jobs.models import Job, JobInput
from apps.jobs.registry import runner
from pharmatrace.kernel.refusal import Refused

State = SerialList.State


@runner(READ)
def step(job: Job, *, at: datetime) -> None:
    """Fills in the list. That a file is refused is an answer, not a failure of the job."""
    serials = (
        SerialList.objects.select_for_update(of=("self",))
        .select_related("batch__product")
        .get(pk=job.parameters["list"])
    )
    if serials.state == State.READING:
        try:
            _keep(serials, _judged(job, serials))
        except Refused as refused:
            serials.state = State.REFUSED
            serials.problems = [
                [str(one.data.get("row", "")), "", one.code, one.sentence]
                for one in refused.refusals
            ]
        serials.save(update_fields=["state", "problems", "rows", "good", "bad", "serials"])
    job.done = job.total


def _judged(job: Job, serials: SerialList) -> Judged:
    content = JobInput.objects.get(job=job).content
    with tempfile.NamedTemporaryFile(suffix=".serials") as file:
        file.write(content)
        file.flush()
        return judge(rows_of(Path(file.name)), serials.batch, room=room_of(serials.batch))


def _keep(serials: SerialList, judged: Judged) -> None:
    serials.state = State.READY
    serials.rows, serials.good, serials.bad = judged.rows, len(judged.serials), judged.bad
    serials.serials = "\n".join(judged.serials).encode()
    serials.problems = judged.problems
