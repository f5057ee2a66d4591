"""`manage.py import`: a file's job, run to its end by whoever asked for it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from apps.exchange.intake.acknowledging import Acknowledged, acknowledge
from apps.exchange.intake.beginning import begin
from apps.exchange.intake.opening import open_plain, shown_name
from apps.exchange.intake.sender import Sender
from apps.exchange.intake.work import Work
from apps.jobs.models import Job
from apps.jobs.services import run_one_step

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Imports:
    """How the files of one command are imported; `told` hears how many of how many lines are done."""

    sender: Sender
    clock: Clock
    told: Progress

    def run(self, path: Path, *, folder: Path) -> Acknowledged:
        """Imports `path` and writes its acknowledgement into `folder`; goes on with what a crash left.

        Raises Busy where another process does the same, Refused `not_a_file`, OSError.
        """
        work = self.work_for(path)
        with work.held(), open_plain(path) as source:
            begun = begin(
                work=work,
                source=source,
                name=shown_name(path.name),
                sender=self.sender,
                at=self.clock(),
            )
            if begun.job is not None:
                self._finish(begun.job)
            done = acknowledge(work=work, begun=begun, folder=folder)
            work.remove()
        return done

    def work_for(self, path: Path) -> Work:
        """The same file of the same sender is the same work, so that a second command finds what a first one
        left behind."""
        with open_plain(path) as source:
            content = hashlib.file_digest(source, "sha256").hexdigest()
        key = repr((content, path.name, sorted(self.sender.as_json().items())))
        return Work("import-" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32])

    def _finish(self, job: Job) -> None:
        while job.is_waiting:
            if not run_one_step(at=self.clock(), job_id=job.pk):
                time.sleep(
                    PAUSE
                )  # a worker is at it, or the last try failed and the next must wait
            job.refresh_from_db()
            self.told(job.done, job.total)
