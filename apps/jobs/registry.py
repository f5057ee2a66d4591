"""Which function does a step of which kind of job. Higher floors put theirs in (AppConfig.ready)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from apps.jobs.models import Job


class Step(Protocol):
    """Does one chunk of real work, a second or two of it, and advances `job.done`.

    It runs inside the transaction that also stores the progress, with the job's row locked: what
    it wrote and `job.done` arrive together or not at all. It may change `job.total` and
    `job.parameters` too (a cursor); it saves none of them. Raising Refused fails the job with the
    sentence; any other exception is tried again later.
    """

    def __call__(self, job: Job, /, *, at: datetime) -> None: ...


_steps: dict[str, Step] = {}


class UnknownKind(LookupError):
    """A job of a kind that no app has registered."""


def runner(kind: str) -> Callable[[Step], Step]:
    """`@runner("commission")` over the step of that kind. Raises ValueError when it is taken."""

    def register(step: Step) -> Step:
        if _steps.setdefault(kind, step) is not step:
            raise ValueError(f"jobs of kind {kind!r} have a runner already")
        return step

    return register


def step_of(kind: str) -> Step:
    """The step for `kind`. Raises UnknownKind."""
    try:
        return _steps[kind]
    except KeyError:
        raise UnknownKind(f"no app runs jobs of kind {kind!r}") from None


def known_kinds() -> frozenset[str]:
    return frozenset(_steps)
