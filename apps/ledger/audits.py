"""What `manage.py audit` runs: a list that every floor adds its checks to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be: the exact place, and a sentence about it."""

    place: str
    sentence: str


@dataclass(slots=True)
class Span:
    """The part of the log that is looked at: entries from `first` on, and what waits to become entries.

    `tiles` is the compact range over the full tiles before `first`, as an earlier audit found it; the check of
    the tree leaves there what it found at the end, for the next one.
    """

    first: int = 0
    tiles: bytes | None = None
    notes: dict[str, Any] = field(default_factory=dict)
    """What one check worked out and another of the same floor needs too."""

    @property
    def is_whole(self) -> bool:
        return self.first == 0

    def statements(self, column: str) -> tuple[str, list[Any]]:
        """SQL that holds where `column`, the id of a statement, is in the span; with its parameters."""
        if self.is_whole:
            return "TRUE", []
        return (
            f'{column} IN (SELECT statement_id FROM ledger_entry WHERE "index" >= %s'  # noqa: S608
            " UNION ALL SELECT statement_id FROM ledger_pending)",
            [self.first],
        )


Check = Callable[[], Iterator[Finding]]
CheckOfSpan = Callable[[Span], Iterator[Finding]]
_checks: dict[str, Check | CheckOfSpan] = {}
_of_a_span: set[str] = set()


def register(name: str) -> Callable[[Check], Check]:
    """Decorator: `check()` yields findings, none when all is well. It reads and writes nothing. It looks at
    everything, whenever it is asked: for what is small."""

    def add(check: Check) -> Check:
        _checks[name] = check
        return check

    return add


def register_for_span(name: str) -> Callable[[CheckOfSpan], CheckOfSpan]:
    """Decorator: `check(span)` looks only at what belongs to the span: for what grows with the log."""

    def add(check: CheckOfSpan) -> CheckOfSpan:
        _checks[name] = check
        _of_a_span.add(name)
        return check

    return add


def checks() -> dict[str, Check | CheckOfSpan]:
    """All checks by name: those of the log first, for the others rest on it."""
    own_first = sorted(_checks.items(), key=lambda one: not _is_of_the_log(one[1]))
    return dict(own_first)


def _is_of_the_log(check: Check | CheckOfSpan) -> bool:
    return check.__module__.startswith("apps.ledger.")


def audit(span: Span | None = None) -> Iterator[tuple[str, Finding]]:
    """Runs every check, over everything or over a span; yields (name of the check, finding). One that breaks
    is itself a finding.

    In one transaction, so that checks may stream through server-side cursors, PgBouncer or not.
    """
    span = span or Span()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Checks join whole tables. After a bulk load the statistics may call them empty, and a nested
            # loop planned for that would never end. A span is read through its indexes.
            cursor.execute(f"SET LOCAL enable_nestloop = {'off' if span.is_whole else 'on'}")
        for name, check in checks().items():
            try:
                with transaction.atomic():
                    found = check(span) if name in _of_a_span else check()  # type: ignore[call-arg]
                    for finding in found:
                        yield name, finding
            except Exception as fault:
                yield name, Finding(name, f"This check could not go on: {fault!r}.")
