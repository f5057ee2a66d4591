"""Which code does which kind of job. Higher floors register theirs when Django starts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from apps.jobs.models import Job


class Step(Protocol):
    """Does the next piece of `job` and advances `job.done`; the runner saves and commits.

    Raises `Refused` when the job cannot go on; any other exception is a fault and is tried again.
    """

    def __call__(self, job: Job, *, at: datetime) -> None: ...


_STEPS: dict[str, Step] = {}


def runner(kind: str) -> Callable[[Step], Step]:
    """Registers the decorated function as the step of jobs of `kind`."""

    def register(step: Step) -> Step:
        if kind in _STEPS and _STEPS[kind] is not step:
            raise ValueError(f"two runners for jobs of kind {kind!r}")
        _STEPS[kind] = step
        return step

    return register


def step_of(kind: str) -> Step:
    """The step for `kind`. Raises LookupError where this program has none."""
    try:
        return _STEPS[kind]
    except KeyError:
        raise LookupError(f"nothing here runs jobs of kind {kind!r}") from None
