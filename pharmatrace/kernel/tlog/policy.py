"""Policies: which logs, which witnesses, and how many of them are enough (C2SP tlog-policy)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pharmatrace.kernel.tlog.note import Note, NoteVerifier, open_note
from pharmatrace.kernel.tlog.verifier_keys import LogKey, WitnessKey

NONE = "none"


class PolicyUnmet(Exception):
    """The note is signed by no log of the policy, or cosigned by too few."""


@dataclass(frozen=True, slots=True)
class PolicyLog:
    key: LogKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyWitness:
    """`name` has a meaning inside the policy only; `key.name` is the one it cosigns under."""

    name: str
    key: WitnessKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed what at least `threshold` of its members, witnesses or groups, have."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file, read by `policy_reading`. `quorum` names a witness or a group, or is `none`."""

    logs: tuple[PolicyLog, ...] = ()
    witnesses: tuple[PolicyWitness, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @property
    def asks_nobody(self) -> bool:
        return self.quorum == NONE

    def is_met_by(self, cosigned: Collection[str]) -> bool:
        """Whether these witnesses, by their names in the policy, are enough."""
        return self.asks_nobody or self._witnessed(self.quorum, cosigned)

    def _witnessed(self, name: str, cosigned: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._witnessed(one, cosigned) for one in group.members) >= group.threshold

    def cosigners(self, note: Note) -> tuple[PolicyWitness, ...]:
        """The policy's witnesses whose cosignature is among the verified ones."""
        found = {(one.name, one.key_id) for one in note.verified}
        return tuple(one for one in self.witnesses if (one.key.name, one.key.key_id) in found)

    def check(
        self, note: str | bytes, *, logs: Sequence[NoteVerifier] = ()
    ) -> tuple[Note, tuple[PolicyWitness, ...]]:
        """The opened note and who of the policy cosigned it, when that is enough.

        One of the policy's logs must have signed it; for a policy that names none, one of `logs`.
        Raises NoteError for a note that is malformed or has a wrong signature of a known key,
        PolicyUnmet for one that is not signed or cosigned as the policy asks.
        """
        accepted: Sequence[NoteVerifier] = [one.key for one in self.logs] or logs
        opened = open_note(note, [*accepted, *(one.key for one in self.witnesses)])
        verified = {(one.name, one.key_id) for one in opened.verified}
        if not any((one.name, one.key_id) in verified for one in accepted):
            raise PolicyUnmet("no log of the policy signed the checkpoint")
        cosigned = self.cosigners(opened)
        if not self.is_met_by({one.name for one in cosigned}):
            raise PolicyUnmet(
                f"the quorum {self.quorum} is not met: cosigned by"
                f" {', '.join(one.name for one in cosigned) or 'nobody'} of the policy"
            )
        return opened, cosigned
