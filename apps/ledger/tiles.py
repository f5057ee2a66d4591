"""Tiles in the database: kept when full, cut from what lies below when partial (C2SP tlog-tiles).

A tile of level 0 holds 256 leaf hashes; of level n, the roots of 256 full tiles of level n - 1. Tiles are counted in
their shard, whose entry 0 has the number `first` over all shards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from pharmatrace.kernel.tlog.tiles import TILE_WIDTH, Tile, edge_tiles, encode_entries
from pharmatrace.kernel.tlog.tree import HASH_SIZE

_IN_SHARD = """ WHERE "index" >= %s AND "index" < %s
    AND "index" < coalesce((SELECT min("first") FROM ledger_shard WHERE "first" > %s), 9223372036854775807)"""
"""No tree reaches into the next shard, whoever asks."""
_LEAVES = f'SELECT %s AS number, "index", leaf FROM ledger_entry {_IN_SHARD}'  # noqa: S608 (our own words)
_ENTRIES = f'SELECT data FROM ledger_entry {_IN_SHARD} ORDER BY "index"'  # noqa: S608 (our own words)


def read_tiles(tiles: Iterable[Tile], *, first: int = 0) -> dict[Tile, bytes]:
    """The bytes of hash tiles, in one query for the full ones and one for the partial ones.

    Raises LookupError when one is not there. Does not ask what was published: the caller knows which size
    it may speak of.
    """
    wanted = set(tiles)
    found = _read_full([tile for tile in wanted if tile.is_full], first)
    found |= _cut_partial([tile for tile in wanted if not tile.is_full], first)
    for tile in wanted:
        if len(found.get(tile, b"")) != tile.width * HASH_SIZE:
            raise LookupError(f"{tile.path} is not there in full")
    return found


def read_edge(size: int, *, first: int = 0) -> dict[int, bytes]:
    """The partial tiles at the right edge of the tree of `size` entries, by level. One query."""
    found = read_tiles(edge_tiles(size), first=first)
    return {int(tile.level): data for tile, data in found.items()}


def _read_full(tiles: Sequence[Tile], first: int) -> dict[Tile, bytes]:
    if not tiles:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT level, "index", data FROM ledger_tile WHERE "first" = %s AND (level, "index") IN'
            " (SELECT * FROM unnest(%s::smallint[], %s::bigint[]))",
            [first, [tile.level for tile in tiles], [tile.index for tile in tiles]],
        )
        return {Tile(level, index): bytes(data) for level, index, data in cursor.fetchall()}


def _cut_partial(tiles: Sequence[Tile], first: int) -> dict[Tile, bytes]:
    """Leaves of entries for level 0, roots of the full tiles below for the levels above it."""
    if not tiles:
        return {}
    parts: list[str] = []
    parameters: list[int] = []
    for number, tile in enumerate(tiles):
        start = tile.index * TILE_WIDTH
        if tile.level == 0:
            parts.append(_LEAVES)
            parameters += [number, first + start, first + start + tile.width, first]
        else:
            parts.append(
                'SELECT %s AS number, "index", root FROM ledger_tile'
                ' WHERE "first" = %s AND level = %s AND "index" >= %s AND "index" < %s'
            )
            parameters += [number, first, int(tile.level) - 1, start, start + tile.width]
    found: list[list[bytes]] = [[] for _ in tiles]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " ORDER BY 1, 2", parameters)
        for number, _, digest in cursor.fetchall():
            found[number].append(bytes(digest))
    return {tile: b"".join(hashes) for tile, hashes in zip(tiles, found, strict=True)}


def read_entries(index: int, width: int, *, first: int = 0) -> bytes:
    """The bundle of entries beside the level 0 tile `index`. One query.

    Raises LookupError when the log is not that long.
    """
    start = first + index * TILE_WIDTH
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRIES,
            [start, start + width, first],
        )
        entries = [bytes(data) for (data,) in cursor.fetchall()]
    if len(entries) != width:
        raise LookupError(f"entries {start} and on are not there in full")
    return encode_entries(entries)
