"""Entries, tiles, head and checkpoints: one pass over the log, every hash made again.

The hash that an entry has now is compared with the leaf stored beside it and with the tile above it, so a
change of any one of the three is named; roots are compared with every checkpoint ever signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from django.db import connection

from apps.ledger.auditing.checkpoints import SignedHeads
from apps.ledger.auditing.entries import Row, entries_by_tile
from apps.ledger.auditing.growing import Growing
from apps.ledger.auditing.streams import Ordered, stream
from apps.ledger.audits import Finding, Span, register_for_span
from apps.ledger.models import Checkpoint, Entry
from apps.ledger.shards import shards
from pharmatrace.kernel.tlog.tiles import TILE_WIDTH, TileError, tile_hashes, tile_root
from pharmatrace.kernel.tlog.tree import CompactRange

StoredTile = tuple[bytes, bytes]
"""(data, root)"""


class _Head(NamedTuple):
    size: int
    range: bytes
    root: bytes
    last_entry: int | None
    last_checkpoint: int | None


class _Ended(NamedTuple):
    """A shard of `size` entries, from `first` on. `range` is known of the running one."""

    first: int
    size: int
    range: bytes | None
    root: bytes
    origin: str
    place: str  # where its end is told
    named: str  # before the names of its tiles


@register_for_span("tree")
def tree_is_whole(span: Span) -> Iterator[Finding]:
    """Every entry up to the head, every full tile, the head and every checkpoint fit each other. A span begins
    with the tile that its first entry lies in."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT h.size, h."range", h.root,'
            ' (SELECT max("index") FROM ledger_entry), (SELECT max(size) FROM ledger_checkpoint)'
            " FROM ledger_head h"
        )
        row = cursor.fetchone()
    if row is None:
        yield from _nothing_without_a_head()
        return
    head = _Head._make(row)
    yield from _beyond(head)
    for shard in _shards(head, span):
        yield from _walk(shard, span)


def _shards(head: _Head, span: Span) -> Iterator[_Ended]:
    """Those that the span reaches into: older ones with their final checkpoints, the running one as the head has it."""
    for one in shards():
        end = head.size if one.end is None else one.end
        if span.first > end:
            continue
        range_: bytes | None = bytes(head.range)
        root, place = bytes(head.root), "head"
        if one.end is not None:
            final = Checkpoint.objects.filter(size=end).values_list("root", flat=True).first()
            range_, root, place = None, bytes(final or b""), f"checkpoint {end}"
        named = f"shard {one.name}, " if one.number else ""
        yield _Ended(one.first, end - one.first, range_, root, one.origin, place, named)


def _nothing_without_a_head() -> Iterator[Finding]:
    if Entry.objects.exists() or Checkpoint.objects.exists():
        yield Finding("head", "There are entries or checkpoints, and the head is missing.")


def _beyond(head: _Head) -> Iterator[Finding]:
    sentence = f"It lies beyond the head, which has {head.size} entries."
    if head.last_entry is not None and head.last_entry >= head.size:
        yield Finding(f"entry {head.last_entry}", sentence)
    if head.last_checkpoint is not None and head.last_checkpoint > head.size:
        yield Finding(f"checkpoint {head.last_checkpoint}", sentence)


def _walk(head: _Ended, span: Span) -> Iterator[Finding]:
    # Where an earlier audit ended inside this shard, it goes on from the full tiles that it found.
    goes_on = span.tiles is not None and head.first < span.first
    before = CompactRange.from_bytes(span.tiles or b"") if goes_on else CompactRange()
    first = before.size
    entries = Ordered(entries_by_tile(head.size, first_tile=first, begun=head.first))
    tiles = _stored_tiles(0, head.size // TILE_WIDTH, first=first, begun=head.first)
    # The checkpoint of just these tiles may have been signed after the audit that found them.
    after = max(first * TILE_WIDTH - 1, 0)
    tree = Growing(SignedHeads(head.origin, head.size, after=after, first=head.first), before)
    for index in range(first, -(-head.size // TILE_WIDTH)):
        start = index * TILE_WIDTH
        width = min(TILE_WIDTH, head.size - start)
        stored = tiles.take(index) if width == TILE_WIDTH else None
        if stored is None and width == TILE_WIDTH:
            yield Finding(f"{head.named}tile 0/{index}", "It is missing.")
        leaves, findings = _leaves(head, start, width, entries.take(index) or [], stored)
        yield from findings
        yield from tree.grow(leaves)
        if stored is not None and tree.last_tile_root not in (None, stored[1]):
            yield Finding(
                f"{head.named}tile 0/{index}", "The root beside it is not the root of its entries."
            )
    yield from _upper_tiles(head, first)
    span.tiles = tree.tiles.to_bytes()
    yield from tree.end(head.place, head.range, head.root)


def _leaves(
    head: _Ended, start: int, width: int, rows: Sequence[Row], stored: StoredTile | None
) -> tuple[list[bytes | None], list[Finding]]:
    """The leaf hashes of a tile's entries, None for what is lost, and what is wrong with them."""
    sha = sha256
    # The hot loop: one hash per entry. Where all three sources agree there is nothing else to do.
    hashes = [sha(b"\0" + data).digest() for _, data, _ in rows]
    leaves = [leaf for _, _, leaf in rows]
    fits_tile = stored is None or stored[0] == b"".join(leaves)
    if len(rows) == width and hashes == leaves and fits_tile:
        return list(leaves), []
    return _name_what_is_wrong(head, start, width, rows, hashes, stored)


def _name_what_is_wrong(
    head: _Ended,
    start: int,
    width: int,
    rows: Sequence[Row],
    hashes: Sequence[bytes],
    stored: StoredTile | None,
) -> tuple[list[bytes | None], list[Finding]]:
    findings = []
    found = {row[0]: (digest, row[2]) for row, digest in zip(rows, hashes, strict=True)}
    tile = _hashes_of(stored, width)
    if stored is not None and not tile:
        findings.append(
            Finding(f"{head.named}tile 0/{start // TILE_WIDTH}", "It is not 256 hashes long.")
        )
    leaves: list[bytes | None] = []
    for at in range(start, start + width):
        index = head.first + at
        told = tile[at - start] if tile else None
        if index not in found:
            findings.append(Finding(f"entry {index}", "It is missing."))
            leaves.append(told)
            continue
        digest, leaf = found[index]
        if digest != leaf:
            findings.append(
                Finding(f"entry {index}", "Its bytes do not hash to the leaf beside them.")
            )
        if told is not None and told != leaf:
            where = f"{head.named}tile 0/{start // TILE_WIDTH}, hash {at - start}"
            findings.append(Finding(where, f"It is not the leaf of entry {index}."))
        leaves.append(leaf)
    return leaves, findings


def _hashes_of(stored: StoredTile | None, width: int) -> list[bytes]:
    if stored is None:
        return []
    try:
        hashes = tile_hashes(stored[0])
    except TileError:
        return []
    return hashes if len(hashes) == width else []


def _upper_tiles(head: _Ended, first: int) -> Iterator[Finding]:
    """Tiles of level 1 and up are the roots of the tiles below them; those that hold tile `first` of level 0 or
    come after it."""
    level, below = 1, head.size // TILE_WIDTH
    while below:
        first //= TILE_WIDTH
        tiles = _stored_tiles(level, below // TILE_WIDTH, first=first, begun=head.first)
        roots = stream(
            'SELECT "index", root FROM ledger_tile WHERE "first" = %s AND level = %s AND "index" >= %s'
            ' ORDER BY "index"',
            [head.first, level - 1, first * TILE_WIDTH],
        )
        groups = Ordered(
            (tile, b"".join(bytes(root) for _, root in rows))
            for tile, rows in groupby(roots, key=lambda row: row[0] // TILE_WIDTH)
        )
        for index in range(first, below // TILE_WIDTH):
            yield from _upper_tile(head, level, index, tiles.take(index), groups.take(index))
        level, below = level + 1, below // TILE_WIDTH
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT level, "index" FROM ledger_tile WHERE "first" = %s AND (level > 7 OR'
            ' ("index" + 1) * (256::numeric ^ (level + 1)) > %s)',
            [head.first, head.size],
        )
        for level, index in cursor.fetchall():
            yield Finding(
                f"{head.named}tile {level}/{index}", f"The head has only {head.size} entries."
            )


def _upper_tile(
    head: _Ended, level: int, index: int, stored: StoredTile | None, below: bytes | None
) -> Iterator[Finding]:
    place = f"{head.named}tile {level}/{index}"
    if stored is None:
        yield Finding(place, "It is missing.")
    elif stored[0] != below:
        yield Finding(place, f"It is not the roots of the tiles of level {level - 1} below it.")
    elif tile_root(stored[0]) != stored[1]:
        yield Finding(place, "The root beside it is not its root.")


def _stored_tiles(level: int, count: int, *, first: int, begun: int) -> Ordered[StoredTile]:
    rows = stream(
        'SELECT "index", data, root FROM ledger_tile WHERE "first" = %s AND level = %s'
        ' AND "index" >= %s AND "index" < %s ORDER BY "index"',
        [begun, level, first, count],
        chunk=200,
    )
    return Ordered((index, (bytes(data), bytes(root))) for index, data, root in rows)
