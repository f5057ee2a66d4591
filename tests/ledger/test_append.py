"""sign and append: statements in, ids out, a constant number of SQL statements."""

from __future__ import annotations

import cbor2
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.ledger.copying import copy_rows
from apps.ledger.models import Entry, Pending, Statement, StatementSecret
from apps.ledger.services import append, sign
from pharmatrace.kernel.evidence.facts import fact_leaves, facts_root
from pharmatrace.kernel.evidence.statement import check_statement
from tests.ledger.statements import NOON, PACKS, drafted, signed

pytestmark = pytest.mark.django_db


def test_what_was_signed_is_what_is_stored() -> None:
    draft = drafted(7)
    one = sign(draft, at=NOON)
    (id,) = append([one], at=NOON)
    row = Statement.objects.get(id=id)
    secret = bytes(StatementSecret.objects.get(statement_id=id).secret)
    leaves = fact_leaves(secret=secret, facts=draft.facts, packages=PACKS)
    claims = check_statement(bytes(row.cose), draft.signer.public_key)
    assert bytes(row.leaves) == b"".join(leaves)
    assert list(one.package_leaves) == leaves[3:]
    assert claims.facts_root == facts_root(leaves)
    assert (claims.sub, claims.iat) == (row.subject, int(NOON.timestamp()))
    assert cbor2.loads(bytes(row.facts)) == [list(fact) for fact in draft.facts]
    assert bytes(Pending.objects.get(statement_id=id).entry) == b"\x01\x01" + bytes(row.commitment)
    assert row.signed_at == NOON


def test_ids_come_back_in_order() -> None:
    several = signed(5)
    ids = append(several, at=NOON)
    assert ids == sorted(ids)
    stored = Statement.objects.in_bulk(ids)
    assert [stored[id].subject for id in ids] == [one.subject for one in several]


def test_a_thousand_statements_cost_as_many_queries_as_one() -> None:
    def queries(count: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            append(signed(count), at=NOON)
        return len(captured)

    signed(1)  # the registrar's key exists from here on
    assert queries(1000) == queries(1)


def test_what_is_rolled_back_was_never_queued() -> None:
    with transaction.atomic():
        append(signed(1), at=NOON)
        transaction.set_rollback(True)
    assert not Pending.objects.exists()
    assert not Statement.objects.exists()


def test_appending_nothing_is_nothing() -> None:
    assert append([], at=NOON) == []


def test_copy_is_safe_for_any_text_and_bytes() -> None:
    subject = "a\\b\tc\nd\re \\N \\. é"
    every_byte = bytes(range(256))
    copy_rows(
        "ledger_statement",
        ("id", "type", "key_id", "subject", "cose", "facts", "leaves", "commitment", "signed_at"),
        [(1, 1, b"k" * 16, subject, every_byte, b"", b"\\", b"\n" * 32, NOON)],
    )
    row = Statement.objects.get(id=1)
    assert row.subject == subject
    assert bytes(row.cose) == every_byte
    assert (bytes(row.facts), bytes(row.leaves)) == (b"", b"\\")


def test_copy_refuses_what_it_cannot_write() -> None:
    with pytest.raises(TypeError, match="time zone"), transaction.atomic():
        copy_rows("ledger_head", ("advanced_at",), [(NOON.replace(tzinfo=None),)])
    assert not Entry.objects.exists()
