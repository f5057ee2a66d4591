"""What a registry entry says about a key, about an erasure or about the log's own next key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pharmatrace.kernel.evidence.entry_checks import claims_of
from pharmatrace.kernel.evidence.shown import EventEvidence
from pharmatrace.kernel.evidence.statement import StatementError
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError

LATEST = 1 << 36
"""Seconds since 1970: nobody means a moment in the year 4147."""


@dataclass(frozen=True, slots=True)
class StolenReport:
    """A key was reported stolen as of `since` (seconds since 1970). What stands at `from_entry` or later in the
    log was not recorded before that, whatever time a thief wrote into it."""

    since: int
    from_entry: int

    def covers(self, *, iat: int, index: int) -> bool:
        """Whether a statement that says it was signed at `iat` may be the thief's."""
        return iat >= self.since or index >= self.from_entry

    def __str__(self) -> str:
        moment = datetime.fromtimestamp(self.since, UTC).isoformat().replace("+00:00", "Z")
        return f"signed with a key that was reported stolen as of {moment}"


def stolen_report(event: EventEvidence, registrar: bytes) -> StolenReport:
    """The report in this entry. Raises StatementError."""
    claims_of(event, registrar)
    return stolen_report_unverified(event)


def stolen_report_unverified(event: EventEvidence) -> StolenReport:
    """What this entry says, whoever signed it. Raises StatementError."""
    expect(event, "registry", "key")
    expect(event, "action", "stolen")
    since, from_entry = event.fact("since"), event.fact("from_entry")
    if not _is_number(since) or since >= LATEST or not _is_number(from_entry):
        raise StatementError("the report does not say since when the key is stolen")
    return StolenReport(since, from_entry)


def check_erasure(erased: EventEvidence, event: EventEvidence, registrar: bytes) -> str:
    """When `event` was erased, as this entry says of it. Raises StatementError."""
    claims_of(erased, registrar)
    expect(erased, "registry", "erasure")
    expect(erased, "index", event.index)
    expect(erased, "facts_root", event.facts_root)
    if erased.index <= event.index:
        raise StatementError("nothing is erased before it is recorded")
    time = erased.fact("time")
    if not isinstance(time, str):
        raise StatementError("the erasure does not say when it was made")
    return time


def named_key(event: EventEvidence, keys: LogKeys, origin: str, *, first: int = 0) -> LogKeys:
    """The log's keys with the one that this entry names, whoever signed the entry: the old key's own note counts.
    `first` is the number of the shard's entry 0: which sizes a key signs is counted from there.
    Raises StatementError."""
    expect(event, "registry", "log_key")
    expect(event, "origin", origin)
    expect(event, "previous", keys.newest.vkey())
    note = event.fact("note")
    if not isinstance(note, str):
        raise StatementError("the entry does not show the note of the old key")
    try:
        found = keys.followed_by(event.index - first, note, origin=origin)
    except NoteError as fault:
        raise StatementError(str(fault)) from None
    expect(event, "log_key", found.newest.vkey())
    return found


def expect(event: EventEvidence, name: str, value: Any) -> None:
    """Raises StatementError unless the event shows this fact with this value."""
    found = event.fact(name)
    if found != value or type(found) is not type(value):
        raise StatementError(f"the fact {name!r} is missing or says something else")


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
