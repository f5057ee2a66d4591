"""A statement of the record, taken from its stored bytes: facts, root, signature, log entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import cbor2

from apps.custody.models import CustodyEvent
from apps.ledger.models import Statement, StatementSecret
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import kind_of
from pharmatrace.kernel.evidence import facts as fact_tree
from pharmatrace.kernel.evidence import statement as cose

HASH = 32


class StatementFault(Exception):
    """The statement does not say, or is not, what the record claims."""


@dataclass(frozen=True)
class Stated:
    """A statement and, unless it was erased, the secret that salts its facts."""

    row: Statement
    secret: bytes | None

    @property
    def index(self) -> int | None:
        """Of its log entry; None while it waits to be sealed."""
        entry = getattr(self.row, "entry", None)
        return None if entry is None else entry.index

    @cached_property
    def leaves(self) -> list[bytes]:
        """Leaf hashes of all facts, as stored."""
        stored = bytes(self.row.leaves)
        return [stored[at : at + HASH] for at in range(0, len(stored), HASH)]

    @cached_property
    def facts(self) -> list[tuple[str, Any]]:
        """The facts before the package facts, as stored."""
        return [(name, value) for name, value in cbor2.loads(bytes(self.row.facts))]

    @cached_property
    def facts_root(self) -> bytes:
        """Computed from the leaves."""
        return fact_tree.facts_root(self.leaves)

    def salt(self, index: int) -> bytes:
        """Of fact `index`. Raises StatementFault where the secret was erased."""
        if self.secret is None:
            raise StatementFault("what this statement said was erased")
        return fact_tree.salt(self.secret, index)

    def package_index(self, position: int) -> int:
        """Where the package fact at `position` stands among all facts."""
        return len(self.facts) + position

    def package_leaf(self, position: int) -> bytes:
        return self.leaf(self.package_index(position))

    def leaf(self, index: int) -> bytes:
        """Leaf hash of fact `index`, as stored. Raises StatementFault."""
        if index >= len(self.leaves):
            raise StatementFault(f"there is no fact {index}")
        return self.leaves[index]

    def check_fact(self, index: int, name: str, value: Any) -> None:
        """This fact is the leaf that was signed. Raises StatementFault."""
        if fact_tree.fact_leaf(self.salt(index), name, value) != self.leaf(index):
            raise StatementFault(f"the fact {name} is not what was signed")

    def check_facts(self, event: CustodyEvent) -> dict[str, Any]:
        """The event facts, each what was signed, and of the event's kind. Raises StatementFault."""
        for index, (name, value) in enumerate(self.facts):
            self.check_fact(index, name, value)
        told = dict(self.facts)
        kind = kind_of(
            type=told.get("type", ""),
            action=told.get("action", ""),
            biz_step=told.get("step"),
            disposition=told.get("disposition"),
        )
        if kind is None or kind.value != event.kind or told.get("event") != self.row.subject:
            raise StatementFault("the event is of another kind than was signed")
        return told

    def check_first_of(self, path: str, *, position: int) -> None:
        """The package fact at `position` is the first of the package with this path. Raises
        StatementFault."""
        self.check_fact(self.package_index(position), fact_tree.PACKAGE, [RESOLVER + path, 0, None])

    def check_signature(self, event: CustodyEvent) -> None:
        """The actor's key signed this root for this event. Raises StatementFault."""
        key = self.row.key
        try:
            claims = _claims(bytes(self.row.cose), bytes(key.public_key))
        except cose.StatementError as error:
            raise StatementFault(str(error)) from error
        if claims.facts_root != self.facts_root:
            raise StatementFault("another facts root was signed")
        subject = f"ni:///sha-256;{bytes(event.hash).hex()}?ver=CBV2.0"
        if not claims.sub == self.row.subject == subject:
            raise StatementFault("another event was signed")
        if claims.iss != event.actor.did or key.organisation_id != event.actor_id:
            raise StatementFault("somebody else signed")

    def entry(self) -> bytes:
        """The log entry, made again from the statement. What was erased leaves its commitment."""
        if self.secret is None:
            commitment = bytes(self.row.commitment)
        else:
            digest = cose.signature_digest(cose.signature_salt(self.secret), bytes(self.row.cose))
            commitment = cose.commitment(facts_root=self.facts_root, signature_digest=digest)
        return cose.entry(cose.EntryType(self.row.type), commitment)


@lru_cache(maxsize=256)
def _claims(statement: bytes, public_key: bytes) -> cose.StatementClaims:
    """Depends on nothing but its arguments, so it may be remembered."""
    return cose.check_statement(statement, public_key)


def load_stated(statement_ids: Collection[int]) -> dict[int, Stated]:
    """Statements by id, with key, entry and secret. Two queries."""
    rows = Statement.objects.select_related("key", "entry").in_bulk(list(statement_ids))
    secrets = dict(
        StatementSecret.objects.filter(statement_id__in=list(statement_ids)).values_list(
            "statement_id", "secret"
        )
    )
    return {
        id: Stated(row, bytes(secrets[id]) if id in secrets else None) for id, row in rows.items()
    }
