"""The authority's signature under a case, and the evidence that the key is the authority's."""

from __future__ import annotations

from dataclasses import dataclass

from apps.ledger.evidence import registry_evidence
from apps.ledger.models import Checkpoint
from apps.ledger.selectors import latest_checkpoint
from apps.ledger.shard_evidence import parts_over
from apps.parties.models import Organisation
from apps.parties.signing import Signer, signer_for
from pharmatrace.kernel.evidence.bundle import Bundle, Disclosure, write_bundle
from pharmatrace.kernel.refusal import Refused
from pharmatrace.kernel.tlog.note import ED25519, key_id


@dataclass(frozen=True, slots=True)
class NoteOf:
    """Signs notes with an organisation's key, under its did:web."""

    name: str
    signer: Signer

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, ED25519, self.signer.public_key)

    def sign(self, text: str) -> bytes:
        return self.signer.sign(text.encode())


def note_signer(authority: Organisation) -> NoteOf:
    """Call it inside the transaction that uses it. Raises Refused `no_signing_key`."""
    return NoteOf(authority.did, signer_for(authority.pk))


def checkpoint_now() -> Checkpoint:
    """Raises Refused `seal_pending`."""
    checkpoint = latest_checkpoint()
    if checkpoint is None:
        raise Refused.one("seal_pending", "The log has no checkpoint yet. Try again in a moment.")
    return checkpoint


def signer_evidence(*, case: str, kid: bytes, checkpoint: Checkpoint) -> bytes:
    """A bundle without events: the log with all its keys, its genesis, and the registration of the key. Raises
    NoEvidence."""
    # Through all shards, so that evidence that lies in any of them is of a log whose keys this file shows.
    keys = registry_evidence({kid}, size=checkpoint.size)
    *older, newest = (part for _, part in parts_over({0, checkpoint.size - 1}, checkpoint))
    return write_bundle(
        Bundle(
            disclosure=Disclosure.REGULATOR,
            subject=f"urn:uuid:{case}",
            log=newest.log,
            checkpoint=newest.checkpoint,
            genesis=newest.genesis,
            keys=tuple(keys),
            events=(),
            log_keys=newest.log_keys,
            shards=tuple(older),
        )
    )
