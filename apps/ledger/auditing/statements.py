"""Statements: facts → leaves → facts root → signature and commitment → entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cbor2

from apps.ledger.auditing.streams import stream
from apps.ledger.audits import Finding, Span, register_for_span
from apps.ledger.services.erase import NO_FACTS, SUBJECT
from pharmatrace.kernel.evidence.facts import fact_leaf, facts_root, salt
from pharmatrace.kernel.evidence.statement import (
    EntryType,
    StatementError,
    check_statement,
    commitment,
    entry,
    signature_digest,
    signature_salt,
)
from pharmatrace.kernel.tlog.tree import HASH_SIZE


class _Row(NamedTuple):
    id: int
    type: int
    subject: str
    cose: bytes
    facts: bytes
    leaves: bytes
    commitment: bytes
    secret: bytes | None
    public_key: bytes | None
    number: int | None  # index of its entry in the log
    entry: bytes | None
    waiting: bytes | None
    digest: bytes | None  # of an erased statement
    record: bytes | None  # facts of the statement that tells of its erasure


_QUERY = """
    SELECT s.id, s.type, s.subject, s.cose, s.facts, s.leaves, s.commitment, x.secret, k.public_key,
           e."index", e.data, p.entry, r.digest, t.facts
    FROM ledger_statement s
    LEFT JOIN ledger_statementsecret x ON x.statement_id = s.id
    LEFT JOIN parties_signingkey k ON k.kid = s.key_id
    LEFT JOIN ledger_entry e ON e.statement_id = s.id
    LEFT JOIN ledger_pending p ON p.statement_id = s.id
    LEFT JOIN ledger_erasure r ON r.statement_id = s.id
    LEFT JOIN ledger_statement t ON t.id = r.record_id
    WHERE {} ORDER BY s.id
"""


@register_for_span("statements")
def statements_hold(span: Span) -> Iterator[Finding]:
    """Every statement is what its entry commits to and what its signer signed."""
    within, parameters = span.statements("s.id")
    for raw in stream(_QUERY.format(within), parameters, chunk=1_000):
        row = _Row._make(bytes(v) if isinstance(v, memoryview) else v for v in raw)
        where = f" (entry {row.number})" if row.number is not None else ""
        for sentence in _problems(row):
            yield Finding(f"statement {row.id}{where}", sentence)


@register_for_span("entries")
def entries_have_statements(span: Span) -> Iterator[Finding]:
    """No entry without a statement."""
    for (index,) in stream(
        'SELECT e."index" FROM ledger_entry e'
        " LEFT JOIN ledger_statement s ON s.id = e.statement_id WHERE s.id IS NULL"
        ' AND e."index" >= %s ORDER BY e."index"',
        [span.first],
    ):
        yield Finding(f"entry {index}", "There is no statement behind it.")


def _problems(row: _Row) -> Iterator[str]:
    yield from _place(row)
    if row.digest is not None:
        yield from _erased(row)
        return
    if row.secret is None:
        yield "Its secret is missing, so its facts cannot be shown."
        return
    leaves = [row.leaves[at : at + HASH_SIZE] for at in range(0, len(row.leaves), HASH_SIZE)]
    if not leaves or len(row.leaves) % HASH_SIZE:
        yield "Its leaves are not a whole number of hashes."
        return
    root = facts_root(leaves)
    digest = signature_digest(signature_salt(row.secret), row.cose)
    if commitment(facts_root=root, signature_digest=digest) != row.commitment:
        yield "Its leaves, signature or secret are not what its commitment was made of."
    yield from _signature(row, root)
    yield from _facts(row, leaves)


def _place(row: _Row) -> Iterator[str]:
    """Sealed or waiting, one of the two, with the entry that belongs to it."""
    try:
        expected = entry(EntryType(row.type), row.commitment)
    except ValueError as wrong:
        yield f"It has no entry of its own: {wrong}."
        return
    if row.number is None and row.waiting is None:
        yield "It was never sealed, and does not wait to be."
    elif row.number is not None and row.waiting is not None:
        yield "It is sealed and waits to be sealed again."
    if row.entry is not None and row.entry != expected:
        yield f"Entry {row.number} is not the one that commits to it."
    if row.waiting is not None and row.waiting != expected:
        yield "The entry that waits is not the one that commits to it."


def _erased(row: _Row) -> Iterator[str]:
    """What is left of an erased statement still leads to its entry, and the log tells of the erasure."""
    assert row.digest is not None
    if row.secret is not None:
        yield "Its erasure is recorded, and its secret is still there."
    if (row.facts, row.cose, row.subject) != (NO_FACTS, b"", SUBJECT):
        yield "Its erasure is recorded, and some of what it said is still there."
    leaves = [row.leaves[at : at + HASH_SIZE] for at in range(0, len(row.leaves), HASH_SIZE)]
    if not leaves or len(row.leaves) % HASH_SIZE:
        yield "Its leaves are not a whole number of hashes."
        return
    root = facts_root(leaves)
    if commitment(facts_root=root, signature_digest=row.digest) != row.commitment:
        yield "Its leaves or the digest of its erasure are not what its commitment was made of."
    try:
        told = dict(cbor2.loads(row.record or b""))
    except Exception:  # any damage of the bytes can come out here
        told = {}
    if (told.get("registry"), told.get("index"), told.get("facts_root")) != (
        "erasure",
        row.number,
        root,
    ):
        yield "No statement in the log tells of its erasure."


def _signature(row: _Row, root: bytes) -> Iterator[str]:
    if row.public_key is None:
        yield "The key that signed it is not known."
        return
    try:
        claims = check_statement(row.cose, row.public_key)
    except StatementError as wrong:
        yield f"Its signature does not hold: {wrong}."
        return
    if claims.facts_root != root:
        yield "What was signed is not the root of its leaves."
    if claims.sub != row.subject:
        yield f"What was signed speaks of {claims.sub}, the row of {row.subject}."


def _facts(row: _Row, leaves: list[bytes]) -> Iterator[str]:
    """The facts kept here are those that were hashed; package facts are checked by the floors above."""
    assert row.secret is not None
    try:
        facts = [(name, value) for name, value in cbor2.loads(row.facts)]
        for position, (name, value) in enumerate(facts):
            if fact_leaf(salt(row.secret, position), name, value) != leaves[position]:
                yield f"Fact {position} ({name}) is not the one that was signed."
    except Exception as fault:  # any damage of the bytes can come out here
        yield f"Its facts cannot be read: {fault!r}."
