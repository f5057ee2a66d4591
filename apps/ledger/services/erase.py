"""erase: the secret of a statement and what it said are deleted; its entry and its leaves stay (DESIGN §4)."""

from __future__ import annotations

from datetime import UTC, datetime

import cbor2
from django.db import connection, transaction

from apps.ledger.issuer import issuer
from apps.ledger.models import Entry, Erasure, Statement, StatementSecret
from apps.ledger.services.append import append
from apps.ledger.services.sign import Draft, sign
from apps.parties.signing import registrar_signer
from pharmatrace.kernel.evidence.facts import facts_root
from pharmatrace.kernel.evidence.statement import EntryType, signature_digest, signature_salt
from pharmatrace.kernel.refusal import Refused
from pharmatrace.kernel.tlog.tree import HASH_SIZE

SUBJECT = "erased"
NO_FACTS = b"\x80"
"""An empty list in CBOR: what `Statement.facts` says of an erased statement."""


@transaction.atomic
def erase(*, statement_id: int, ground: str, by: str, at: datetime) -> Erasure:
    """Deletes what a custody statement said, for good, and appends a registry statement that says so.

    What stays: the entry, the leaf hashes (each salted with 16 bytes that come from the deleted secret, so
    nothing can be guessed from them), the commitment, the salted digest of the signed statement, the key that
    signed, and the time. What goes: the secret, the facts, the signed statement with issuer and event hash.

    Run it as the owner of the tables (`manage.py erase` does): the application's role may not delete here, and
    the triggers let through exactly this. `ground` is read by everybody who sees a bundle: never write personal
    data into it. Raises Refused: `ground`, `by`, `not_a_statement`, `not_sealed`, `not_erasable`, `erased_already`.
    """
    for name, text, most in (("ground", ground, 200), ("by", by, 120)):
        if not text.strip() or len(text) > most or "\0" in text:
            raise Refused.one(name, f"It has to be said, in {most} characters at most.", field=name)
    row = Statement.objects.select_for_update(no_key=True).filter(pk=statement_id).first()
    if row is None:
        raise Refused.one("not_a_statement", f"There is no statement {statement_id}.")
    if row.type != EntryType.CUSTODY:
        raise Refused.one(
            "not_erasable", "Genesis and registry statements hold up all others; they stay."
        )
    entry = Entry.objects.filter(statement=row).first()
    if entry is None:
        raise Refused.one("not_sealed", "It waits to be sealed; what is erased stands in the log.")
    secret = StatementSecret.objects.filter(pk=row.pk).values_list("secret", flat=True).first()
    if secret is None or Erasure.objects.filter(pk=row.pk).exists():
        raise Refused.one("erased_already", f"Statement {statement_id} is erased already.")
    record = _tell(row, entry.index, ground, at)
    digest = signature_digest(signature_salt(bytes(secret)), bytes(row.cose))
    erasure = Erasure.objects.create(
        statement=row,
        digest=digest,
        record_id=record,
        fact_count=len(cbor2.loads(row.facts)),
        ground=ground,
        by=by,
        erased_at=at,
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_statementsecret WHERE statement_id = %s", [row.pk])
        cursor.execute(
            "UPDATE ledger_statement SET facts = %s, cose = '', subject = %s WHERE id = %s",
            [NO_FACTS, SUBJECT, row.pk],
        )
    return erasure


def _tell(row: Statement, index: int, ground: str, at: datetime) -> int:
    leaves = bytes(row.leaves)
    hashes = [leaves[at : at + HASH_SIZE] for at in range(0, len(leaves), HASH_SIZE)]
    draft = Draft(
        type=EntryType.REGISTRY,
        signer=registrar_signer(),
        iss=issuer(),
        subject=f"registry:erasure:{row.pk}",
        facts=(
            ("registry", "erasure"),
            ("index", index),
            ("facts_root", facts_root(hashes)),
            ("ground", ground),
            ("time", at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")),
        ),
    )
    (record,) = append([sign(draft, at=at)], at=at)
    return record
