"""The protocol of an anchor, and the anchors of this installation.

An anchor takes steps. Each begins with what the one before left (`progress`), asks outside, and returns what is
to be stored before the next: so a step that was cut off is taken again, and nothing is lost or told twice that
matters. Kinds that are not configured are there too: they do nothing, and say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Told:
    """The checkpoint that is told: its bytes for the outside (`anchor_stamped.stamped`), and what they say."""

    origin: str
    size: int
    root: bytes
    stamped: bytes


@dataclass(frozen=True, slots=True)
class Pending:
    """Something was begun outside. `progress` is stored before the next step, `wait` after this one."""

    progress: bytes
    wait: timedelta
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The checkpoint is anchored: `receipt` for JSON, `proof` the file that shows it, if there is one."""

    receipt: dict[str, Any] = field(default_factory=dict)
    proof: bytes | None = None


class Trouble(Exception):
    """The step did not succeed. It is taken again, later and later. The text must hold no secret."""


class Hopeless(Exception):
    """No further step can succeed for this checkpoint; a later one follows."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The newest checkpoint is told when so much time has passed since the last, or so many entries came (0:
    however many)."""

    every: timedelta
    entries: int = 0


class Backend(Protocol):
    """One kind of anchor. `targets` are the places outside it tells, each on its own; none means that nothing
    is configured, and then `missing` says what would have to be. `serial`: one checkpoint after the other."""

    @property
    def name(self) -> str: ...

    @property
    def rhythm(self) -> Rhythm: ...

    @property
    def serial(self) -> bool: ...

    @property
    def missing(self) -> str: ...

    def targets(self) -> Sequence[str]: ...

    def step(self, told: Told, target: str, progress: bytes, *, at: datetime) -> Pending | Done:
        """Raises Trouble or Hopeless."""


@dataclass(frozen=True, slots=True)
class NotConfigured:
    """The kind `name` is not configured here; nothing is told there. Said in log, health and doctor."""

    name: str
    missing: str
    rhythm: Rhythm = Rhythm(timedelta(0))
    serial: bool = False

    def targets(self) -> Sequence[str]:
        return ()

    def step(self, told: Told, target: str, progress: bytes, *, at: datetime) -> Pending | Done:
        raise Hopeless(f"{self.name} is not configured: {self.missing}")


def backends() -> tuple[Backend, ...]:
    """Every kind that asks others; the journal is not among them. Raises ImproperlyConfigured."""
    from apps.anchors.evm import backend as evm
    from apps.anchors.opentimestamps import backend as opentimestamps
    from apps.anchors.rfc3161 import backend as rfc3161

    return (rfc3161.configured(), opentimestamps.configured(), evm.configured())
