"""Erasing deletes what a statement said, leaves every proof as it was, and is told by the log itself."""

from __future__ import annotations

from collections.abc import Sequence

import cbor2
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from apps.ledger.audits import audit
from apps.ledger.evidence import Wanted, evidence_of
from apps.ledger.models import Entry, Erasure, Statement, StatementSecret
from apps.ledger.selectors import published_size
from apps.ledger.services import append, erase, seal, sign
from pharmatrace.embedded.location import APPLICATION
from pharmatrace.kernel.evidence.facts import encode_fact
from pharmatrace.kernel.refusal import Refused
from tests.ledger.statements import NOON, PACKS, append_some, drafted
from tests.ledger.test_audit import change

pytestmark = pytest.mark.django_db


@pytest.fixture
def statements() -> Sequence[int]:
    ids = append_some(5)
    seal(at=NOON)
    return ids


def gone(statement: int, **how: object) -> Erasure:
    return erase(**{"statement_id": statement, "ground": "a law", "by": "Rosa", "at": NOON} | how)  # type: ignore[arg-type]


def findings() -> list[tuple[str, str]]:
    return [(finding.place, finding.sentence) for _, finding in audit()]


def everything_stored() -> bytes:
    """Every byte in the ledger's tables, as text."""
    with connection.cursor() as cursor:
        out = []
        for table in ("statement", "statementsecret", "erasure", "pending", "entry", "checkpoint"):
            cursor.execute(f"SELECT t::text FROM ledger_{table} t")
            out += [text for (text,) in cursor.fetchall()]
    return "\n".join(out).encode()


def test_the_facts_are_nowhere_any_more() -> None:
    one = sign(drafted(1), at=NOON)
    (statement,) = append([one], at=NOON)
    seal(at=NOON)
    secrets = [one.secret, one.cose, one.facts, one.subject.encode()]
    facts = [encode_fact(one.secret[:16], name, value) for name, value in cbor2.loads(one.facts)]
    stored = everything_stored()
    assert all(piece.hex().encode() in stored or piece in stored for piece in secrets)
    gone(statement)
    stored = everything_stored()
    for piece in (*secrets, *facts, b"Basel"):
        assert piece not in stored and piece.hex().encode() not in stored
    assert one.leaves[0].hex().encode() in stored


def test_entry_proof_and_chain_stay_and_the_log_tells_of_it(statements: Sequence[int]) -> None:
    before = bytes(Entry.objects.get(statement_id=statements[2]).data)
    erasure = gone(statements[2])
    seal(at=NOON)
    assert bytes(Entry.objects.get(statement_id=statements[2]).data) == before
    (shown,) = evidence_of([Wanted(statements[2], packages={0: PACKS[0]})], size=published_size())
    assert shown.facts == () and shown.erased is not None
    assert shown.erased.event.fact("index") == shown.index
    leaves = bytes(Statement.objects.get(pk=statements[2]).leaves)
    assert shown.erased.facts[0].leaf == leaves[3 * 32 : 4 * 32]
    assert erasure.record.entry.index == published_size() - 1
    assert findings() == []


def test_until_the_erasure_is_sealed_there_is_no_evidence(statements: Sequence[int]) -> None:
    gone(statements[2])
    with pytest.raises(Refused) as refused:
        evidence_of([Wanted(statements[2])], size=published_size())
    assert refused.value.codes == ("seal_pending",)


@pytest.mark.parametrize(
    ("code", "how"),
    [
        ("not_a_statement", {"statement_id": 10**12}),
        ("ground", {"ground": " "}),
        ("ground", {"ground": "x" * 201}),
        ("by", {"by": "\0"}),
    ],
)
def test_what_cannot_be_erased(
    code: str, how: dict[str, object], statements: Sequence[int]
) -> None:
    with pytest.raises(Refused) as refused:
        gone(statements[0], **how)
    assert refused.value.codes == (code,)


def test_what_holds_up_others_what_waits_and_what_is_gone_cannot_be_erased(
    statements: Sequence[int],
) -> None:
    (waiting,) = append_some(1, start=50)
    genesis = Entry.objects.get(index=0).statement_id
    gone(statements[0])
    for statement, code in (
        (waiting, "not_sealed"),
        (genesis, "not_erasable"),
        (statements[0], "erased_already"),
    ):
        with pytest.raises(Refused) as refused:
            gone(statement)
        assert refused.value.codes == (code,)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_statementsecret WHERE statement_id = {other}",
        "UPDATE ledger_statement SET facts = '\\x80', cose = '', subject = 'erased' WHERE id = {other}",
        "UPDATE ledger_statement SET leaves = '' WHERE id = {gone}",
        "DELETE FROM ledger_statement WHERE id = {gone}",
        "DELETE FROM ledger_erasure WHERE statement_id = {gone}",
    ],
)
def test_the_triggers_let_through_nothing_else(statement: str, statements: Sequence[int]) -> None:
    gone(statements[2])
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format(gone=statements[2], other=statements[3]))


def test_the_applications_role_cannot_erase(statements: Sequence[int]) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {APPLICATION}")
        gone(statements[2])
    assert StatementSecret.objects.filter(pk=statements[2]).exists()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE ledger_erasure SET digest = sha256('x')", "not what its commitment was made of"),
        ("UPDATE ledger_erasure SET record_id = statement_id", "No statement in the log tells"),
        ("UPDATE ledger_statement SET facts = '\\x81' WHERE subject = 'erased'", "still there"),
        ("INSERT INTO ledger_statementsecret SELECT statement_id, 'x' FROM ledger_erasure", "secret is still there"),
        ("DELETE FROM ledger_erasure", "Its secret is missing"),
    ],
)  # fmt: skip
def test_the_audit_names_an_erasure_that_is_none(
    damage: str, sentence: str, statements: Sequence[int]
) -> None:
    gone(statements[2])
    seal(at=NOON)
    change(damage)
    (place, _), *_ = told = findings()
    assert place == f"statement {statements[2]} (entry {place.split('entry ')[1][:-1]})"
    assert any(sentence in one for _, one in told)
