"""Evidence about log entries, ready to be put into a bundle (DESIGN §6).

Whatever is shown is compared with the leaves that were signed, so a bundle made here holds or is not made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import cbor2
from django.db import connection

from apps.ledger.selectors import entries_of, inclusions
from apps.ledger.services.sign import PackageFact
from apps.parties.did import did_of
from pharmatrace.kernel.evidence.bundle import (
    ErasedFact,
    Erasure,
    EventEvidence,
    HiddenStatement,
    KeyEvidence,
    ShownFact,
    ShownStatement,
)
from pharmatrace.kernel.evidence.fact_paths import fact_paths
from pharmatrace.kernel.evidence.facts import PACKAGE, fact_leaf, facts_root, salt
from pharmatrace.kernel.evidence.statement import EntryType, signature_digest, signature_salt
from pharmatrace.kernel.refusal import Refused
from pharmatrace.kernel.tlog.tree import HASH_SIZE

Disclose = Callable[[int, str], bool]
"""(number of the fact, its name) → may it be shown?"""


class NoEvidence(Exception):
    """There is no evidence to give: not sealed yet, erased, or not what was signed."""


def everything(index: int, name: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of one statement is to be shown: facts that `disclose` allows, and `packages` by position.

    `packages` maps the position among the package facts to (epc, seq, previous); only these are shown.
    """

    statement_id: int
    disclose: Disclose = everything
    with_signature: bool = True
    packages: Mapping[int, PackageFact] = field(default_factory=dict)


def evidence_of(wanted: Sequence[Wanted], *, size: int) -> list[EventEvidence]:
    """Evidence for each, in order, with paths into the tree of `size` entries, or into the final tree of the older shard
    that it lies in. Three queries in all, and two more for each further shard.

    Three more where some were erased. Raises NoEvidence, and Refused `seal_pending` where an erasure waits.
    """
    rows = _load([one.statement_id for one in wanted])
    for one in wanted:
        row = rows.get(one.statement_id)
        if row is None or row.entry is None or row.entry >= size:
            raise NoEvidence(f"statement {one.statement_id} is not in the first {size} entries")
    if not wanted:
        return []
    paths = _paths(rows.values(), size)
    records = _records([row for row in rows.values() if row.record is not None], size=size)
    return [_evidence(one, rows[one.statement_id], paths, records) for one in wanted]


def _paths(rows: Iterable[_Row], size: int) -> dict[int, list[bytes]]:
    """By index, into the tree of `size` entries or into the final one of an older shard."""
    by_shard: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for row in rows:
        if row.entry is not None:
            by_shard[row.begun, min(row.ended or size, size)].add(row.entry)
    found: dict[int, list[bytes]] = {}
    for (first, end), indexes in by_shard.items():
        found |= inclusions(indexes, end, first=first)
    return found


def _records(erased: Sequence[_Row], *, size: int) -> dict[int, EventEvidence]:
    """The entries that tell of erasures, by the statement that was erased."""
    ids = [row.record for row in erased if row.record is not None]
    states = entries_of(ids)
    if any((index := states[id].index) is None or index >= size for id in ids):
        raise Refused.one(
            "seal_pending",
            "The newest record is signed and waits to be sealed into the log. That takes "
            "seconds: try again.",
        )
    found = evidence_of([Wanted(id) for id in ids], size=size)
    return {row.id: shown for row, shown in zip(erased, found, strict=True)}


def statement_evidence(
    statement_id: int,
    *,
    disclose: Disclose = everything,
    with_signature: bool = True,
    size: int,
    packages: Mapping[int, PackageFact] | None = None,
) -> EventEvidence:
    """Evidence for one statement: see `Wanted` and `evidence_of`."""
    one = Wanted(statement_id, disclose, with_signature, packages or {})
    return evidence_of([one], size=size)[0]


def genesis_evidence(*, size: int, first: int = 0) -> EventEvidence:
    """The first entry of the shard that begins at `first`, with all its facts. Raises NoEvidence before it was opened."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT statement_id FROM ledger_entry WHERE "index" = %s', [first])
        row = cursor.fetchone()
    if row is None:
        raise NoEvidence("this log has no genesis yet")
    return statement_evidence(row[0], size=size)


class _KeyRow(NamedTuple):
    kid: bytes
    public_key: bytes
    organisation_id: UUID
    action: str
    statement_id: int


def registry_evidence(kids: Collection[bytes], *, size: int) -> list[KeyEvidence]:
    """The registrations of organisations' keys, and their ends where they lie in the first `size` entries.

    With each the report that it was stolen, if there is one: the newest, which is the one that reaches
    furthest back. In order of registration. Five queries, however many keys. Raises NoEvidence for a key that is unknown
    or whose registration is not in the first `size` entries.
    """
    begun: dict[bytes, _KeyRow] = {}
    ended: dict[bytes, _KeyRow] = {}
    stolen: dict[bytes, _KeyRow] = {}
    for row in _key_changes(kids, size):
        if row.action == "stolen":
            stolen[row.kid] = row
        else:
            (begun if row.action == "registered" else ended).setdefault(row.kid, row)
    for kid in kids:
        if kid not in begun:
            raise NoEvidence(f"key {kid.hex()} is not registered in the first {size} entries")
    changes = [*begun.values(), *ended.values(), *stolen.values()]
    found = evidence_of([Wanted(row.statement_id) for row in changes], size=size)
    by_statement = {row.statement_id: shown for row, shown in zip(changes, found, strict=True)}
    return [
        KeyEvidence(
            iss=did_of(row.organisation_id),
            kid=kid,
            public_key=row.public_key,
            event=by_statement[row.statement_id],
            revoked=by_statement[ended[kid].statement_id] if kid in ended else None,
            stolen=by_statement[stolen[kid].statement_id] if kid in stolen else None,
        )
        for kid, row in begun.items()
    ]


REPORT_FACTS = ("registry", "action", "since", "from_entry")


def stolen_reports(kids: Collection[bytes], *, size: int) -> dict[bytes, EventEvidence]:
    """Reports that these keys were stolen, without a word of whose they are: for readers who are not shown
    who signed. By kid; keys that nobody reported are left out. Three queries, one where there is none."""
    reports = {row.kid: row for row in _key_changes(kids, size) if row.action == "stolen"}
    found = evidence_of(
        [
            Wanted(row.statement_id, lambda _, name: name in REPORT_FACTS)
            for row in reports.values()
        ],
        size=size,
    )
    return dict(zip(reports, found, strict=True))


def _key_changes(kids: Collection[bytes], size: int) -> list[_KeyRow]:
    """Registrations and ends of keys, in log order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.kid, k.public_key, c.organisation_id, c.action, r.statement_id"
            " FROM parties_registrychange c JOIN parties_signingkey k ON k.kid = c.key_id"
            " JOIN ledger_registrystatement r ON r.change_id = c.id"
            " JOIN ledger_entry e ON e.statement_id = r.statement_id"
            ' WHERE k.kid = ANY(%s) AND e."index" < %s'
            " AND c.action IN ('registered', 'retired', 'revoked', 'stolen') ORDER BY e.\"index\"",
            [list(kids), size],
        )
        return [_KeyRow(bytes(row[0]), bytes(row[1]), *row[2:]) for row in cursor.fetchall()]


class _Row(NamedTuple):
    id: int
    type: int
    cose: bytes
    facts: bytes
    leaves: bytes
    secret: bytes | None
    entry: int | None  # its index in the log
    record: int | None  # of its erasure: the statement that tells of it
    digest: bytes | None
    fact_count: int | None
    begun: int  # the first entry of its shard
    ended: int | None  # that of the next one


def _load(statement_ids: Collection[int]) -> dict[int, _Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT s.id, s.type, s.cose, s.facts, s.leaves, x.secret, e."index",'
            " r.record_id, r.digest, r.fact_count,"
            ' coalesce((SELECT max("first") FROM ledger_shard WHERE "first" <= e."index"), 0),'
            ' (SELECT min("first") FROM ledger_shard WHERE "first" > e."index")'
            " FROM ledger_statement s LEFT JOIN ledger_statementsecret x ON x.statement_id = s.id"
            " LEFT JOIN ledger_entry e ON e.statement_id = s.id"
            " LEFT JOIN ledger_erasure r ON r.statement_id = s.id WHERE s.id = ANY(%s)",
            [list(statement_ids)],
        )
        rows = [
            _Row._make(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in cursor.fetchall()
        ]
    return {row.id: row for row in rows}


def _evidence(
    one: Wanted,
    row: _Row,
    paths: Mapping[int, list[bytes]],
    records: Mapping[int, EventEvidence],
) -> EventEvidence:
    if row.id in records:
        return _what_is_left(one, row, paths, records[row.id])
    if row.secret is None:
        raise NoEvidence(f"the secret of statement {row.id} is gone, and nothing says why")
    assert row.entry is not None
    leaves = [row.leaves[at : at + HASH_SIZE] for at in range(0, len(row.leaves), HASH_SIZE)]
    facts = cbor2.loads(row.facts)
    shown: dict[int, tuple[str, Any]] = {
        number: (name, value)
        for number, (name, value) in enumerate(facts)
        if one.disclose(number, name)
    }
    for position, fact in one.packages.items():
        shown[len(facts) + position] = (PACKAGE, list(fact))
    over = signature_salt(row.secret)
    return EventEvidence(
        type=EntryType(row.type),
        index=row.entry,
        facts_root=facts_root(leaves),
        facts=_shown_facts(row, leaves, shown),
        signature=ShownStatement(over, row.cose)
        if one.with_signature
        else HiddenStatement(signature_digest(over, row.cose)),
        path=tuple(paths[row.entry]),
    )


def _what_is_left(
    one: Wanted, row: _Row, paths: Mapping[int, list[bytes]], record: EventEvidence
) -> EventEvidence:
    """Of an erased statement: its place in the log, and the leaves of the package facts that are wanted."""
    assert row.entry is not None and row.digest is not None and row.fact_count is not None
    leaves = [row.leaves[at : at + HASH_SIZE] for at in range(0, len(row.leaves), HASH_SIZE)]
    numbers = sorted(row.fact_count + position for position in one.packages)
    if any(number >= len(leaves) for number in numbers):
        raise NoEvidence(f"statement {row.id} never had so many facts")
    steps = fact_paths(leaves, numbers)
    return EventEvidence(
        type=EntryType(row.type),
        index=row.entry,
        facts_root=facts_root(leaves),
        facts=(),
        signature=HiddenStatement(row.digest),
        path=tuple(paths[row.entry]),
        erased=Erasure(record, tuple(ErasedFact(leaves[n], steps[n]) for n in numbers)),
    )


def _shown_facts(
    row: _Row, leaves: Sequence[bytes], shown: Mapping[int, tuple[str, Any]]
) -> tuple[ShownFact, ...]:
    assert row.secret is not None
    for number, (name, value) in shown.items():
        if number >= len(leaves) or (
            fact_leaf(salt(row.secret, number), name, value) != leaves[number]
        ):
            raise NoEvidence(f"fact {number} ({name}) of statement {row.id} is not what was signed")
    steps = fact_paths(leaves, shown)
    return tuple(
        ShownFact(salt(row.secret, number), name, value, steps[number])
        for number, (name, value) in sorted(shown.items())
    )
