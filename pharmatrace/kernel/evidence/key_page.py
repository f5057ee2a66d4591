"""The public page of a log's keys: `keys`, JSON (docs/formats.md). Genesis, and the entries that named later keys.

    {"version": 1, "genesis": ENTRY, "log_keys": [ENTRY, …]}

The entries are as in a bundle, whole, but for their paths, which are empty: whoever reads the log has the entries. So
the page proves itself: the genesis names the first key and the registrar, each later entry is signed by the registrar,
and shows the note with which the key before it names the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pharmatrace.kernel.evidence import statement
from pharmatrace.kernel.evidence.bundle_reading import BundleError, parse_strictly, read_entry
from pharmatrace.kernel.evidence.bundle_writing import write_entry
from pharmatrace.kernel.evidence.entry_checks import claims_of
from pharmatrace.kernel.evidence.fact_paths import root_from_steps
from pharmatrace.kernel.evidence.facts import fact_leaf
from pharmatrace.kernel.evidence.registry_entries import expect, named_key
from pharmatrace.kernel.evidence.shown import EventEvidence, ShownStatement
from pharmatrace.kernel.evidence.statement import EntryType, StatementError
from pharmatrace.kernel.evidence.trees import first_of
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError, Verifier

PATH = "keys"
MAX_SIZE = 4_000_000


class KeyPageError(Exception):
    """The page is none, or does not prove what it says."""


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Entries without paths."""

    genesis: EventEvidence
    log_keys: tuple[EventEvidence, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of the old keys, in the order of the log."""
        return tuple(str(entry.fact("note")) for entry in self.log_keys)


def write_page(genesis: EventEvidence, log_keys: Sequence[EventEvidence]) -> bytes:
    told = {
        "version": 1,
        "genesis": write_entry(replace(genesis, path=())),
        "log_keys": [write_entry(replace(entry, path=())) for entry in log_keys],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def read_page(data: bytes) -> KeyPage:
    """Reads the page, nothing verified. Raises KeyPageError. Fields that are not known are passed over."""
    if len(data) > MAX_SIZE:
        raise KeyPageError("the page of keys is too large")
    try:
        told: Any = parse_strictly(data)
        later = told["log_keys"]
        if not isinstance(later, list):
            raise TypeError("log_keys is no list")
        return KeyPage(
            read_entry(told["genesis"], "/genesis", EntryType.GENESIS),
            tuple(
                read_entry(one, f"/log_keys/{at}", EntryType.REGISTRY)
                for at, one in enumerate(later)
            ),
        )
    except (KeyError, TypeError, BundleError) as fault:
        raise KeyPageError(f"this is no page of keys ({type(fault).__name__}: {fault})") from None


def keys_of(page: KeyPage) -> LogKeys:
    """The log's keys that the page proves, to whoever trusts one of them. Raises KeyPageError."""
    try:
        _check_facts(page.genesis)
        registrar, first = page.genesis.fact("registrar"), page.genesis.fact("log_key")
        if not isinstance(registrar, bytes) or not isinstance(first, str):
            raise StatementError("the genesis does not name the registrar and the log's key")
        claims_of(page.genesis, registrar)
        keys = LogKeys(Verifier.parse(first))
        expect(page.genesis, "origin", keys.first.name)
        first = first_of(page.genesis)
        for entry in page.log_keys:
            _check_facts(entry)
            claims_of(entry, registrar)
            keys = named_key(entry, keys, keys.first.name, first=first)
    except (StatementError, NoteError) as fault:
        raise KeyPageError(f"{fault}") from None
    return keys


def entries_of(page: KeyPage) -> Iterator[tuple[int, bytes]]:
    """The entries that the page speaks of: (index in the shard whose page it is, 34 octets). They must stand there."""
    first = first_of(page.genesis)
    for one in (page.genesis, *page.log_keys):
        assert isinstance(one.signature, ShownStatement)  # else `claims_of` refused it
        digest = statement.signature_digest(one.signature.salt, one.signature.cose)
        commitment = statement.commitment(facts_root=one.facts_root, signature_digest=digest)
        yield one.index - first, statement.entry(one.type, commitment)


def _check_facts(entry: EventEvidence) -> None:
    for fact in entry.facts:
        leaf = fact_leaf(fact.salt, fact.name, fact.value)
        if root_from_steps(leaf, fact.path) != entry.facts_root:
            raise StatementError(f"the fact {fact.name!r} is not one of entry {entry.index}")
    if len({fact.name for fact in entry.facts}) != len(entry.facts):
        raise StatementError(f"entry {entry.index} states a fact twice")
