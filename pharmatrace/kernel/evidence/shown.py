"""What a bundle is made of: log entries with the facts shown, keys, anchors (DESIGN §6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pharmatrace.kernel.evidence.anchor_forms import Anchor
from pharmatrace.kernel.evidence.fact_paths import Step
from pharmatrace.kernel.evidence.statement import EntryType

EVENT_ID = re.compile(r"ni:///sha-256;[0-9a-f]{64}\?ver=CBV2\.0")
"""An event hash ID (CBV 2.0 §8.9)."""


class Disclosure(StrEnum):
    """How much a bundle shows (DESIGN §6)."""

    PUBLIC = "public"
    PARTY = "party"
    REGULATOR = "regulator"


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact with its salt and its path to the event's facts root. Lists in values are tuples."""

    salt: bytes
    name: str
    value: Any
    path: tuple[Step, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", _frozen(self.value))


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """The signed statement, and the salt under which the log entry commits to it."""

    salt: bytes
    cose: bytes


@dataclass(frozen=True, slots=True)
class HiddenStatement:
    """What stands for a signed statement that the reader may not see."""

    digest: bytes


@dataclass(frozen=True, slots=True)
class ErasedFact:
    """What is left of a fact whose event was erased: its leaf hash, and the path to the facts root."""

    leaf: bytes
    path: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """The registry entry that says that an event was erased, and what is left of the facts about packages."""

    event: EventEvidence
    facts: tuple[ErasedFact, ...] = ()


@dataclass(frozen=True, slots=True)
class EventEvidence:
    """One log entry: the shown facts, the statement or its digest, and the way into the log.

    `stolen` is the report about the key of a statement that is not shown; of one that is shown, the report
    stands with the key. An entry with an `erased` shows no facts and no statement: there are none any more.
    """

    type: EntryType
    index: int
    facts_root: bytes
    facts: tuple[ShownFact, ...]
    signature: ShownStatement | HiddenStatement
    path: tuple[bytes, ...]
    stolen: EventEvidence | None = None
    erased: Erasure | None = None

    def fact(self, name: str) -> Any:
        """The value of the first shown fact of that name, None when none is shown."""
        return next((fact.value for fact in self.facts if fact.name == name), None)


@dataclass(frozen=True, slots=True)
class KeyEvidence:
    """An organisation's signing key, the entry that registered it, the one that ended it, and the one that
    reported it stolen."""

    iss: str
    kid: bytes
    public_key: bytes
    event: EventEvidence
    revoked: EventEvidence | None = None
    stolen: EventEvidence | None = None


@dataclass(frozen=True, slots=True)
class LogIdentity:
    """The log's origin and verifier key, and the verifier keys of witnesses that cosigned."""

    origin: str
    vkey: str
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shard:
    """An older shard of the log, which the next one goes on from: `checkpoint` is its final one. `genesis` and
    `log_keys` are its own."""

    log: LogIdentity
    checkpoint: str
    genesis: EventEvidence
    anchors: tuple[Anchor, ...] = ()
    log_keys: tuple[EventEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Bundle:
    """Evidence about one package or container, or about one event. Events stand in log order.

    `subject` is the canonical Digital Link URI of the package, or the event hash ID (`ni:` URI) of the event;
    `checkpoint` is a signed note; `log_keys` are the entries that named the log's later keys, up to the one that
    signed it. `shards` are the older ones that entries lie in, oldest first and without a gap; what the bundle has
    itself is of the newest. Indexes are numbers over all shards.
    """

    disclosure: Disclosure
    subject: str
    log: LogIdentity
    checkpoint: str
    genesis: EventEvidence
    keys: tuple[KeyEvidence, ...]
    events: tuple[EventEvidence, ...]
    anchors: tuple[Anchor, ...] = ()
    log_keys: tuple[EventEvidence, ...] = ()
    shards: tuple[Shard, ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, Shard | Bundle], ...]:
        """Every shard with where it stands in the file, oldest first; the last is the bundle itself."""
        older = [(f"/shards/{at}", shard) for at, shard in enumerate(self.shards)]
        return (*older, ("", self))

    @property
    def is_of_event(self) -> bool:
        return EVENT_ID.fullmatch(self.subject) is not None


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value
