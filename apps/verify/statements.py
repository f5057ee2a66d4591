"""A statement of the record, taken from its stored bytes: facts, root, signature, log entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import cbor2
from django.db import connection

from apps.custody.models import CustodyEvent
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, kind_of
from pharmatrace.kernel.evidence import facts as fact_tree
from pharmatrace.kernel.evidence import statement as cose
from pharmatrace.kernel.evidence.disclosure import DECLARATION

HASH = 32


class StatementFault(Exception):
    """The statement does not say, or is not, what the record claims."""


@dataclass(frozen=True)
class Stated:
    """A statement, the key it names, the index of its log entry (None while it waits to be sealed),
    and, unless it was erased, the secret that salts its facts."""

    type: int
    subject: str
    cose: bytes
    stored_facts: bytes
    leaves: bytes
    commitment: bytes
    public_key: bytes
    signer_id: UUID | None
    index: int | None
    secret: bytes | None
    erased_facts: int | None
    """How many facts stood before the package facts of a statement that was erased."""

    @cached_property
    def facts(self) -> list[tuple[str, Any]]:
        """The facts before the package facts, as stored."""
        return [(name, value) for name, value in cbor2.loads(self.stored_facts)]

    @cached_property
    def facts_root(self) -> bytes:
        """Computed from the leaves."""
        return _root(self.leaves)

    def salt(self, index: int) -> bytes:
        """Of fact `index`. Raises StatementFault where the secret was erased."""
        if self.secret is None:
            raise StatementFault("what this statement said was erased")
        return fact_tree.salt(self.secret, index)

    def package_index(self, position: int) -> int:
        """Where the package fact at `position` stands among all facts."""
        if self.erased_facts is not None:
            return self.erased_facts + position
        return len(self.facts) + position

    def package_leaf(self, position: int) -> bytes:
        return self.leaf(self.package_index(position))

    def leaf(self, index: int) -> bytes:
        """Leaf hash of fact `index`, as stored. Raises StatementFault."""
        found = leaf_at(self.leaves, index)
        if len(found) != HASH:
            raise StatementFault(f"there is no fact {index}")
        return found

    def check_fact(self, index: int, name: str, value: Any) -> None:
        """This fact is the leaf that was signed. Raises StatementFault."""
        if fact_tree.fact_leaf(self.salt(index), name, value) != self.leaf(index):
            raise StatementFault(f"the fact {name} is not what was signed")

    def check_facts(self, event: CustodyEvent) -> dict[str, Any]:
        """The event facts, each what was signed, and of the event's kind. Raises StatementFault."""
        for index, (name, value) in enumerate(self.facts):
            self.check_fact(index, name, value)
        told = dict(self.facts)
        if _kind_in(told) != event.kind or told.get("event") != self.subject:
            raise StatementFault("the event is of another kind than was signed")
        return told

    def check_first_of(self, path: str, *, position: int) -> None:
        """The package fact at `position` is the first of the package with this path. Raises
        StatementFault."""
        self.check_fact(self.package_index(position), fact_tree.PACKAGE, [RESOLVER + path, 0, None])

    def check_signature(self, event: CustodyEvent) -> None:
        """The actor's key signed this root for this event. Raises StatementFault."""
        try:
            claims = _claims(self.cose, self.public_key)
        except cose.StatementError as error:
            raise StatementFault(str(error)) from error
        if claims.facts_root != self.facts_root:
            raise StatementFault("another facts root was signed")
        subject = f"ni:///sha-256;{bytes(event.hash).hex()}?ver=CBV2.0"
        if not claims.sub == self.subject == subject:
            raise StatementFault("another event was signed")
        if claims.iss != event.actor.did or self.signer_id != event.actor_id:
            raise StatementFault("somebody else signed")

    def entry(self) -> bytes:
        """The log entry, made again from the statement. What was erased leaves its commitment."""
        if self.secret is None:
            commitment = self.commitment
        else:
            digest = cose.signature_digest(cose.signature_salt(self.secret), self.cose)
            commitment = cose.commitment(facts_root=self.facts_root, signature_digest=digest)
        return cose.entry(cose.EntryType(self.type), commitment)


def _kind_in(told: dict[str, Any]) -> str | None:
    """The kind of event that facts spell."""
    if told.get("type") == DECLARATION:
        return DECLARE_ERROR
    return kind_of(
        type=told.get("type", ""),
        action=told.get("action", ""),
        biz_step=told.get("step"),
        disposition=told.get("disposition"),
    )


def leaf_at(leaves: bytes, index: int) -> bytes:
    """Number `index` of leaf hashes in a row; shorter than a hash where there is none."""
    return leaves[HASH * index : HASH * (index + 1)]


def load_stated(statement_ids: Collection[int]) -> dict[int, Stated]:
    """Statements by id. One query. Raises StatementFault where one is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.type, s.subject, s.cose, s.facts, s.leaves, s.commitment, k.public_key,"
            ' k.organisation_id, e."index", x.secret, r.fact_count FROM ledger_statement s'
            " JOIN parties_signingkey k ON k.kid = s.key_id"
            " LEFT JOIN ledger_entry e ON e.statement_id = s.id"
            " LEFT JOIN ledger_statementsecret x ON x.statement_id = s.id"
            " LEFT JOIN ledger_erasure r ON r.statement_id = s.id WHERE s.id = ANY(%s)",
            [list(statement_ids)],
        )
        found = {id: Stated(*(_plain(value) for value in row)) for id, *row in cursor.fetchall()}
    if gone := set(statement_ids) - found.keys():
        raise StatementFault(f"statement {min(gone)} is not there")
    return found


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


# What is remembered below depends on nothing but its arguments: other bytes are another question.


@lru_cache(maxsize=16_384)
def _claims(statement: bytes, public_key: bytes) -> cose.StatementClaims:
    return cose.check_statement(statement, public_key)


_roots: dict[bytes, bytes] = {}


def _root(leaves: bytes) -> bytes:
    """The root over up to 2,000 leaves; remembered under the digest of all of them, which costs a
    twentieth of the tree."""
    digest = sha256(leaves).digest()
    root = _roots.get(digest)
    if root is None:
        hashes = [leaf_at(leaves, index) for index in range(len(leaves) // HASH)]
        root = fact_tree.facts_root(hashes)
        if len(_roots) >= 65_536:
            _roots.clear()
        _roots[digest] = root
    return root
