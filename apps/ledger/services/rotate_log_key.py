"""rotate_log_key: the log's key names the one after it, in an entry of the log."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from apps.ledger.issuer import issuer
from apps.ledger.log_keys import log_keys
from apps.ledger.models import Freeze, Head, LogKeyChange
from apps.ledger.services.append import append
from apps.ledger.services.publish import log_signer
from apps.ledger.services.sign import Draft, sign
from apps.parties.signing import registrar_signer
from pharmatrace.kernel.evidence.statement import EntryType
from pharmatrace.kernel.refusal import Refused
from pharmatrace.kernel.tlog.log_keys import sign_succession
from pharmatrace.kernel.tlog.note import Verifier


@transaction.atomic
def rotate_log_key(*, new: Verifier, at: datetime) -> LogKeyChange:
    """Queues the registry statement that names `new`, with the note of the key that signs now.

    Once it is sealed as entry `i`, every checkpoint of more than `i` entries is signed by the new key, which has to be
    in its file before (`manage.py rotate_log_key` sees to that). What was signed before stays. Raises Refused
    (`no_log`, `frozen`, `rotation_waits`, `key_known`, `other_origin`) and LogKeyFault where the old key is not there.
    """
    head = Head.objects.select_for_update().first()
    if head is None:
        raise Refused.one("no_log", "There is no log here.")
    if Freeze.objects.exists():
        raise Refused.one("frozen", "This log was ended; a successor has a key of its own.")
    if waiting_change() is not None:
        raise Refused.one("rotation_waits", "A new key was named already and waits to be sealed.")
    keys = log_keys()
    if new.name != head.origin:
        raise Refused.one("other_origin", f"The key is of {new.name}, the log is {head.origin}.")
    if new in keys.all:
        raise Refused.one("key_known", "The log has, or had, this key: a new one is needed.")
    old = log_signer(head.origin, head.size)
    draft = Draft(
        type=EntryType.REGISTRY,
        signer=registrar_signer(),
        iss=issuer(),
        subject=f"registry:log-key:{new.key_id.hex()}",
        facts=(
            ("registry", "log_key"),
            ("origin", head.origin),
            ("previous", old.verifier.vkey()),
            ("log_key", new.vkey()),
            ("note", sign_succession(old, new)),
            ("time", at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")),
        ),
    )
    (statement,) = append([sign(draft, at=at)], at=at)
    return LogKeyChange.objects.create(statement_id=statement)


def waiting_change() -> LogKeyChange | None:
    """The change that is signed and not yet an entry."""
    return LogKeyChange.objects.filter(statement__pending__isnull=False).first()
