"""The guard: the sealer refuses to run on a database that is older than what is known outside of it.

Whoever keeps evidence outside the database (the journal, the witnesses, later anchors) registers a source.
Before every sealing each is asked for the largest tree it knows; a smaller head, or another root at that
size, means a restored backup or a second database under the same name, and sealing would fork the log.

A source may also have to keep up: the newest published checkpoint is told to it before the next is made, so
that what it knows is never more than one checkpoint old. If it cannot, sealing stops. That costs time only
(capture goes on, and what is signed waits in the queue); going on would let a restored backup pass unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """A tree known outside the database. `root` None means that only the size is known."""

    source: str  # where it is kept, for people
    origin: str
    size: int
    root: bytes | None


class SealingStopped(Exception):
    """Nothing is sealed until a person has acted; the text says why, and what to do."""


class Frozen(SealingStopped):
    """This log was ended; it is sealed no more."""


class Behind(SealingStopped):
    """The database contradicts evidence outside of it. Sealing stops; the text says what to do."""


Source = Callable[[], "Evidence | None"]
KeepUp = Callable[[datetime], None]
Start = Callable[[datetime], None]
_sources: dict[str, Source] = {}
_followers: dict[str, KeepUp] = {}
_starters: dict[str, Start] = {}


def register(
    name: str, source: Source, *, keep_up: KeepUp | None = None, start: Start | None = None
) -> None:
    """`source` returns the largest tree it knows, or None when it knows none. Once per name.

    `start`, given the time, is called before each sealing, outside any transaction: a source that has to ask
    somebody does so there, when a process seals for the first time.
    `keep_up`, given the time, makes sure that the source knows the newest published checkpoint; it raises
    SealingStopped when it cannot.
    """
    _sources[name] = source
    if keep_up is not None:
        _followers[name] = keep_up
    if start is not None:
        _starters[name] = start


def start(*, at: datetime) -> None:
    """Lets the sources ask whom they have to ask. Call it outside any transaction."""
    for begin in _starters.values():
        begin(at)


def known_outside() -> list[Evidence]:
    """What every source knows. Raises what a source raises that cannot say (SealingStopped)."""
    return [known for source in _sources.values() if (known := source()) is not None]


def keep_up(*, at: datetime) -> None:
    """Tells the sources what was published last. Call it after `check`. Raises SealingStopped."""
    for follow in _followers.values():
        follow(at)


Places = Mapping[str, tuple[int, "int | None"]]


def check(
    *,
    origin: str,
    size: int,
    root_at: Callable[[int], bytes],
    places: Places | None = None,
) -> None:
    """Raises Behind unless the log of `size` entries holds up against every registered source.

    `root_at(n)` is the root of the tree of n entries, asked for n <= size only. `places` are the log's shards by their
    origins, each with its first entry and its end, None of the running one: what a source knows is counted in its shard.
    """
    places = places or {origin: (0, None)}
    for source in _sources.values():
        known = source()
        if known is not None:
            _check_against(known, origin=origin, size=size, root_at=root_at, places=places)


def _check_against(
    known: Evidence,
    *,
    origin: str,
    size: int,
    root_at: Callable[[int], bytes],
    places: Places,
) -> None:
    if known.origin not in places:
        raise Behind(
            f"{known.source} speaks of the log {known.origin}, and this database holds {origin}. Two logs"
            " must not share one. Point PHARMATRACE_VAR or JOURNAL_FILE to the files that belong to this"
            " database, or DATABASE_URL to the database that belongs to these files. If it is a shard of this log, this"
            " is a backup from before that shard began: restore a newer one."
        )
    first, end = places[known.origin]
    there = first + known.size
    if end is not None and there > end:
        raise Behind(
            f"{known.source} knows a checkpoint of {known.size} entries of {known.origin}, and that shard was ended with"
            f" {end - first}: this database is a restored backup that was turned again, or somebody else signs with"
            " the log's key. Sealing stops. Find the database that holds those entries."
        )
    if size < there:
        raise Behind(
            f"The database holds {size - first} entries of {known.origin}, but {known.source} knows a published checkpoint"
            f" of {known.size}. This database is a restored backup, or an empty one in the place of another."
            " Sealing would publish a second history of the same log, so it stops here. Restore a backup"
            f" that holds at least {known.size} entries. If none exists, this log has ended: start another"
            " under a new LOG_ORIGIN, with a new key and a new journal."
        )
    if known.root is not None and root_at(there) != known.root:
        raise Behind(
            f"{known.source} knows another tree of {known.size} entries than this database: one of them was"
            " changed, or the database was restored and sealed since. Sealing stops. Run `manage.py audit`,"
            " and restore the database whose tree of that size has the root"
            f" {known.root.hex()}."
        )
