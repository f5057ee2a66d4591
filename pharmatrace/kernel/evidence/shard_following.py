"""From one shard of a public log to the next, by its public files: `log.json` says where it lies, its page of keys that it
goes on from this one.

What `log.json` says is nobody's proof: the genesis on the page is, and it must stand in the log (`entries_of`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pharmatrace.kernel.evidence.key_page import KeyPage, KeyPageError, keys_of
from pharmatrace.kernel.evidence.registry_entries import expect
from pharmatrace.kernel.evidence.statement import StatementError
from pharmatrace.kernel.evidence.trees import first_of
from pharmatrace.kernel.tlog.audit import Missing, Source
from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.log_keys import LogKeys

DESCRIPTION = "log.json"
MAX_SIZE = 4_000_000


@dataclass(frozen=True, slots=True)
class Below:
    """The files of a shard that lie below those of the first one."""

    source: Source
    prefix: str

    def read(self, path: str) -> bytes:
        return self.source.read(self.prefix + path)


def later_shards(source: Source, origin: str) -> list[str]:
    """The prefixes of the shards after the first one, whose files `source` gives; none where the log has one, or where
    these are not those of its first. Raises ValueError for a description that cannot be read."""
    try:
        data = source.read(DESCRIPTION)
    except Missing:
        return []
    if len(data) > MAX_SIZE:
        raise ValueError(f"{DESCRIPTION} is too large")
    try:
        told = json.loads(data)
        listed = [(str(one["origin"]), str(one["url"])) for one in told.get("shards", ())]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ValueError(f"{DESCRIPTION} cannot be read: {fault}") from None
    if not listed or listed[0][0] != origin:
        return []
    base = listed[0][1]
    return [_prefix(url, base) for _, url in listed[1:]]


def _prefix(url: str, base: str) -> str:
    prefix = url.removeprefix(base)
    name = prefix.removesuffix("/")
    if not url.startswith(base) or prefix == name or not (name.isascii() and name.isdigit()):
        raise ValueError(f"{DESCRIPTION} names a shard that does not lie below the first: {url}")
    return prefix


def not_following(
    old: KeyPage, ended: Checkpoint, ended_keys: LogKeys, new: KeyPage
) -> Iterator[str]:
    """Why the shard of the page `new` does not go on where the one of `old` ended; nothing where it does."""
    genesis = new.genesis
    try:
        keys = keys_of(new)
        expect(genesis, "predecessor", ended.origin)
        expect(genesis, "predecessor_size", ended.size)
        expect(genesis, "predecessor_root", ended.root)
        expect(genesis, "first", first_of(old.genesis) + ended.size)
        expect(genesis, "registrar", old.genesis.fact("registrar"))
        if keys.first.public != ended_keys.newest.public:
            raise StatementError("it does not begin with the key that the shard before ended with")
    except (StatementError, KeyPageError) as fault:
        yield str(fault)
