"""A log in memory, with an honest history and, where a test wants one, a second."""

from __future__ import annotations

from dataclasses import dataclass, field

from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.note import Signer, sign_note
from pharmatrace.kernel.tlog.proofs import prove_consistency
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of
from pharmatrace.kernel.tlog.witness_protocol import Request, write_request


@dataclass
class GrowingLog:
    """Entry n is `<history> n`."""

    origin: str = "log.example"
    history: str = "honest"
    seed: bytes = bytes(32)
    leaves: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.signer = Signer.from_seed(self.origin, self.seed)

    @property
    def vkey(self) -> str:
        return self.signer.verifier.vkey()

    def grown(self, size: int) -> list[bytes]:
        for n in range(len(self.leaves), size):
            self.leaves.append(leaf_hash(f"{self.history} {n}".encode()))
        return self.leaves[:size]

    def root(self, size: int) -> bytes:
        return root_of(self.grown(size))

    def note(self, size: int) -> str:
        return sign_note(Checkpoint(self.origin, size, self.root(size)).text(), [self.signer])

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        leaves = self.grown(new)

        def read(level: int, at: int) -> bytes:
            return root_of(leaves[at << level : (at + 1) << level])

        return tuple(prove_consistency(read, old, new)) if old else ()

    def request(self, old: int, new: int) -> bytes:
        """The body of add-checkpoint."""
        return write_request(Request(old, self.proof(old, new), self.note(new)))
