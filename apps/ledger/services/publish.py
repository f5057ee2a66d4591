"""publish: sign the checkpoint of a committed size, store it; publish it, or have witnesses asked first."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import connection

from apps.ledger.log_key import LogKeyFault, load_log_key, next_log_key
from apps.ledger.log_keys import log_verifier
from apps.ledger.models import Checkpoint, Head, Publication
from apps.ledger.selectors import as_published
from apps.ledger.signals import checkpoint_published
from apps.ledger.witnessing.doorbell import ring_witnesses
from apps.ledger.witnessing.policy_file import PolicyFault, witness_policy
from pharmatrace.kernel.tlog import checkpoint as tree_head
from pharmatrace.kernel.tlog.note import Signer, sign_note
from pharmatrace.kernel.tlog.receipt import sign_root

log = structlog.get_logger(__name__)


def publish(head: Head, *, at: datetime) -> Checkpoint | None:
    """Signs and stores the checkpoint of `head`, which must be committed; returns it if this call did.

    Where the witness policy asks nobody it is published in the same breath; otherwise the doorbell of the
    witnesses rings, and readers keep the older one meanwhile. A call that was cut off is made good by the
    next one. Raises LogKeyFault.
    """
    signed = _sign(head, at)
    try:
        asks_nobody = witness_policy().asks_nobody
    except PolicyFault as fault:  # nobody is shown what was not witnessed as somebody wanted it
        log.error("publication_stopped", reason=str(fault))
        return signed
    if asks_nobody:
        if signed or not Publication.objects.filter(checkpoint=head.size).exists():
            make_public(signed or Checkpoint.objects.get(size=head.size), at=at)
    elif signed:
        ring_witnesses()
    return signed


def _sign(head: Head, at: datetime) -> Checkpoint | None:
    if Checkpoint.objects.filter(size=head.size).exists():
        return None
    text = tree_head.Checkpoint(head.origin, head.size - head.first, bytes(head.root)).text()
    signer = log_signer(head.origin, head.size)
    note = sign_note(text, [signer])
    signature = sign_root(
        signer.private, kid=signer.key_id, issuer=head.origin, root=bytes(head.root)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO ledger_checkpoint (size, "first", root, note, root_signature, signed_at)'
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [head.size, head.first, bytes(head.root), note, signature, at],
        )
        if cursor.rowcount == 0:
            return None  # another sealer signed the same tree; Ed25519 gives the same note
    return Checkpoint(
        size=head.size,
        first=head.first,
        root=bytes(head.root),
        note=note,
        root_signature=signature,
        signed_at=at,
    )


def make_public(checkpoint: Checkpoint, *, at: datetime, cosignatures: str = "") -> bool:
    """Publishes a signed checkpoint with these signature lines below the log's; False where it is already.

    Sends the signal. A receiver that fails is logged and does not undo the publication.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_publication (checkpoint_id, note, published_at) VALUES (%s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [checkpoint.size, checkpoint.note + cosignatures, at],
        )
        if cursor.rowcount == 0:
            return False
    published = as_published(
        Publication(checkpoint=checkpoint, note=checkpoint.note + cosignatures, published_at=at)
    )
    for receiver, answer in checkpoint_published.send_robust(Checkpoint, checkpoint=published):
        if isinstance(answer, Exception):
            log.error(
                "checkpoint_not_passed_on",
                size=published.size,
                to=repr(receiver),
                exc_info=answer,
            )
    return True


def log_signer(origin: str, size: int) -> Signer:
    """The log's signer for checkpoints of `size` entries: the key that the log names for them, from LOG_KEY_FILE, or
    from the file beside it where the log has just changed its key. Raises LogKeyFault."""
    named, following = log_verifier(size), next_log_key(origin)
    if following is not None and following.verifier == named:
        return following
    signer = load_log_key(origin)
    if signer.verifier == named:
        return signer
    if size > 1 and named != log_verifier(1):
        raise LogKeyFault(
            f"The log {origin} has changed its key to {named.vkey()}, and LOG_KEY_FILE holds"
            f" {signer.verifier.vkey()}. Put the file of the new key in its place; the old key signs nothing any"
            " more."
        )
    raise LogKeyFault(
        f"The log {origin} was opened with the key {named.vkey()}, and LOG_KEY_FILE holds"
        f" {signer.verifier.vkey()}. Put the right key file back."
    )
