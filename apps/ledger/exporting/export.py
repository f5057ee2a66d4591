"""export: the published log → files, in the order entries, tiles, checkpoint pages, checkpoint. The first shard lies at
the target itself, every later one in a folder of its name.

Nobody who reads the checkpoint misses a file it speaks of, whenever we are stopped: the checkpoint is written
last, after everything before it is durable. What is there already is not written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from apps.ledger.describing import log_description
from apps.ledger.exporting.further import further_pages
from apps.ledger.exporting.targets import Below, Target
from apps.ledger.history import history_page
from apps.ledger.key_page import key_page
from apps.ledger.log_keys import log_keys, log_verifier
from apps.ledger.models import Checkpoint
from apps.ledger.selectors import latest_checkpoint, roots
from apps.ledger.shards import Span, shards
from apps.ledger.tiles import read_entries, read_tiles
from pharmatrace.kernel.evidence.key_page import PATH as KEYS
from pharmatrace.kernel.tlog.checkpoint import Checkpoint as TreeHead
from pharmatrace.kernel.tlog.checkpoint import CheckpointError
from pharmatrace.kernel.tlog.checkpoint_pages import page_of, page_path, write_page
from pharmatrace.kernel.tlog.log_keys import LogKeys
from pharmatrace.kernel.tlog.note import NoteError
from pharmatrace.kernel.tlog.tiles import TILE_WIDTH, Tile, entries_path, new_tiles

CHECKPOINT, KEY, DESCRIPTION = "checkpoint", "key", "log.json"
TILES_A_QUERY = 256


class OtherLog(Exception):
    """What is at the target is not an earlier state of this log. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Exported:
    """`old` entries were there before, `size` are there now, over all shards, in `files` new files."""

    old: int
    size: int
    files: int


def export(target: Target) -> Exported | None:
    """Brings the files at the target up to the newest published checkpoint; None before the log was opened.

    Raises OtherLog where there is a checkpoint that this log did not grow from. Bounded memory; a handful
    of queries for every 65,536 entries. May be killed and called again, and called while another call is at
    work: they take turns, so nobody puts an older checkpoint or page over a newer one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger export', 0))")
        done = [
            found for one in shards() if (found := _export(_within(target, one), one)) is not None
        ]
        if not done:
            return None
        return Exported(
            sum(one.old for one in done),
            sum(one.size for one in done),
            sum(one.files for one in done),
        )


def _within(target: Target, shard: Span) -> Target:
    return Below(target, shard.prefix) if shard.prefix else target


def _export(target: Target, shard: Span) -> Exported | None:
    first = shard.first
    newest = latest_checkpoint(first=first)
    if newest is None:
        return None
    size = newest.tree_size
    old = _size_there(target, newest)
    files = 0
    for path, content in _entries(old, size, first):
        target.write(path, content)
        files += 1
    for path, content in _tiles(old, size, first):
        target.write(path, content)
        files += 1
    for path, content in (*_pages(old, size, first), *_descriptions(newest.size, first)):
        target.write(path, content)
        files += 1
    for path, content in further_pages(target.read, size=newest.size, first=first):
        target.write(path, content)
        files += 1
    target.settle()
    target.write(CHECKPOINT, newest.note.encode())
    target.settle()
    return Exported(old, size, files + 1)


def _size_there(target: Target, newest: Checkpoint) -> int:
    """How many entries the files at the target have. Raises OtherLog."""
    note = target.read(CHECKPOINT)
    if note is None:
        return 0
    there = _read_ours(note, log_keys(first=newest.first))
    if there.size > newest.tree_size:
        raise OtherLog(
            f"There are {there.size} entries at the target and {newest.tree_size} here: this database is older"
            " than what was published. Restore a newer backup (manage.py doctor)."
        )
    if (
        there.size
        and roots(newest.first + there.size, newest.size, first=newest.first)[0] != there.root
    ):
        raise OtherLog(
            f"The {there.size} entries at the target are not those of this log: two histories were signed"
            " with one key. Keep both, stop sealing, and find out who signed the other."
        )
    return there.size


def _read_ours(note: bytes, keys: LogKeys) -> TreeHead:
    try:
        return keys.open(note)[1]
    except (NoteError, CheckpointError) as fault:
        raise OtherLog(f"The checkpoint at the target is not of this log: {fault}.") from fault


def _entries(old: int, size: int, first: int) -> Iterator[tuple[str, bytes]]:
    if old == size:
        return
    for index in range(old // TILE_WIDTH, -(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        yield entries_path(index, width), read_entries(index, width, first=first)


def _tiles(old: int, size: int, first: int) -> Iterator[tuple[str, bytes]]:
    tiles = new_tiles(old, size)
    for start in range(0, len(tiles), TILES_A_QUERY):
        some: Sequence[Tile] = tiles[start : start + TILES_A_QUERY]
        found = read_tiles(some, first=first)
        for tile in some:
            yield tile.path, found[tile]


def _pages(old: int, size: int, first: int) -> Iterator[tuple[str, bytes]]:
    """Backwards from the newest to the one that may have grown; empty pages are no files."""
    number: int | None = page_of(size)
    oldest = page_of(old) if old else 0
    while number is not None and number >= oldest:
        page = history_page(number, up_to=first + size, first=first)
        if page is None:
            return
        yield page_path(number), write_page(page)
        number = page.previous


def _descriptions(size: int, first: int) -> Iterator[tuple[str, bytes]]:
    yield KEY, f"{log_verifier(size).vkey()}\n".encode()
    if keys := key_page(size=size, first=first):
        yield KEYS, keys
    if told := log_description(first=first):
        yield DESCRIPTION, told
