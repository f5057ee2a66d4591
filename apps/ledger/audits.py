"""What `manage.py audit` runs: a list that every floor adds its checks to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import transaction


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be: the exact place, and a sentence about it."""

    place: str
    sentence: str


Check = Callable[[], Iterator[Finding]]
_checks: dict[str, Check] = {}


def register(name: str) -> Callable[[Check], Check]:
    """Decorator: `check()` yields findings, none when all is well. It reads and writes nothing."""

    def add(check: Check) -> Check:
        _checks[name] = check
        return check

    return add


def checks() -> dict[str, Check]:
    """All checks by name, in the order in which they were registered: lower floors first."""
    return dict(_checks)


def audit() -> Iterator[tuple[str, Finding]]:
    """Runs every check; yields (name of the check, finding). One that breaks is itself a finding.

    In one transaction, so that checks may stream through server-side cursors, PgBouncer or not.
    """
    with transaction.atomic():
        for name, check in checks().items():
            try:
                with transaction.atomic():
                    for finding in check():
                        yield name, finding
            except Exception as fault:
                yield name, Finding(name, f"This check could not go on: {fault!r}.")
