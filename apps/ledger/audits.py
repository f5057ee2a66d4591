"""What `manage.py audit` runs: a list that every floor adds its checks to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction


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
    """All checks by name: those of the log first, for the others rest on it."""
    own_first = sorted(_checks.items(), key=lambda one: not _is_of_the_log(one[1]))
    return dict(own_first)


def _is_of_the_log(check: Check) -> bool:
    return check.__module__.startswith("apps.ledger.")


def audit() -> Iterator[tuple[str, Finding]]:
    """Runs every check; yields (name of the check, finding). One that breaks is itself a finding.

    In one transaction, so that checks may stream through server-side cursors, PgBouncer or not.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Checks join whole tables. After a bulk load the statistics may call them empty, and a nested
            # loop planned for that would never end.
            cursor.execute("SET LOCAL enable_nestloop = off")
        for name, check in checks().items():
            try:
                with transaction.atomic():
                    for finding in check():
                        yield name, finding
            except Exception as fault:
                yield name, Finding(name, f"This check could not go on: {fault!r}.")
