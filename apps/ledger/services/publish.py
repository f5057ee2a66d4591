"""publish: sign the checkpoint of a committed size, store it, tell it."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import connection

from apps.ledger.log_key import LogKeyFault, load_log_key
from apps.ledger.models import Checkpoint, Head
from apps.ledger.selectors import log_verifier
from apps.ledger.signals import checkpoint_published
from pharmatrace.kernel.tlog import checkpoint as tree_head
from pharmatrace.kernel.tlog.note import Signer, sign_note
from pharmatrace.kernel.tlog.receipt import sign_root

log = structlog.get_logger(__name__)


def publish(head: Head, *, at: datetime) -> Checkpoint | None:
    """Signs and stores the checkpoint of `head`, which must be committed, and sends the signal.

    None where it is published already: a call that was cut off is made good by the next one. Raises
    LogKeyFault. A receiver that fails is logged and does not undo the checkpoint.
    """
    if Checkpoint.objects.filter(size=head.size).exists():
        return None
    text = tree_head.Checkpoint(head.origin, head.size, bytes(head.root)).text()
    signer = log_signer(head.origin)
    note = sign_note(text, [signer])
    signature = sign_root(
        signer.private, kid=signer.key_id, issuer=head.origin, root=bytes(head.root)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_checkpoint (size, root, note, root_signature, signed_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [head.size, bytes(head.root), note, signature, at],
        )
        if cursor.rowcount == 0:
            return None  # another sealer signed the same tree; Ed25519 gives the same note
    published = Checkpoint(
        size=head.size, root=bytes(head.root), note=note, root_signature=signature, signed_at=at
    )
    for receiver, answer in checkpoint_published.send_robust(Checkpoint, checkpoint=published):
        if isinstance(answer, Exception):
            log.error(
                "checkpoint_not_passed_on", size=head.size, to=repr(receiver), exc_info=answer
            )
    return published


def log_signer(origin: str) -> Signer:
    """The log's signer, if it is the one that the genesis names. Raises LogKeyFault."""
    signer, named = load_log_key(origin), log_verifier()
    if named != signer.verifier:
        raise LogKeyFault(
            f"The log {origin} was opened with the key {named.vkey()}, and LOG_KEY_FILE holds"
            f" {signer.verifier.vkey()}. Put the right key file back."
        )
    return signer
