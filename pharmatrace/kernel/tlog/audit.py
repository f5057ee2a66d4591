"""Auditing a public log from its files: every entry, tile and checkpoint, from where an earlier audit ended.

A `Source` gives files; what they say is checked here against each other and against the newest checkpoint,
and each thing that is wrong is named. Memory is bounded whatever the size of the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    TileError,
    decode_entries,
    edge_range,
    edge_tiles,
    entries_path,
    grow,
    partial_width,
    tile_hashes,
)
from pharmatrace.kernel.tlog.tree import HASH_SIZE, CompactRange, leaf_hash

TILES_A_STEP = 256


class Missing(Exception):
    """A file of the log is not there."""


class Source(Protocol):
    """The public files by path. Raises Missing."""

    def read(self, path: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `place` names it to the hash (`entry 1234`, `tile/1/000, hash 17`)."""

    place: str
    sentence: str


@dataclass(slots=True)
class Walk:
    """Where the audit is: `tree` over the entries that were checked."""

    tree: CompactRange = field(default_factory=CompactRange)


def walk(
    source: Source,
    *,
    until: Checkpoint,
    at: Walk,
    heads: Mapping[int, bytes],
    each_step: Callable[[int], None] = lambda size: None,
) -> Iterator[Finding]:
    """Checks the files from where `at` stands until the checkpoint, and moves `at` along.

    `heads` are further roots by size, from checkpoints between. `each_step` is told the size reached. Where
    an entry does not fit its tile the walk goes on with what the entry hashes to, so every later root that
    does not fit is named as well. Ends early where a file is missing or is no tile.
    """
    size = at.tree.size
    if size > until.size:
        yield Finding(
            f"checkpoint {until.size}",
            f"The log was audited with {size} entries before and has {until.size} now: it was rolled back.",
        )
        return
    try:
        edge = _edge(source, at.tree, until.size)
    except (Missing, TileError) as fault:
        yield Finding(f"entries before {size}", f"What was audited before is not there: {fault}.")
        return
    if edge_range(size=size, edge=edge) != at.tree:
        yield Finding(
            f"entries before {size}",
            "What was audited before was changed since: its hash is another.",
        )
        return
    while size < until.size:
        stop = min(until.size, (size // TILE_WIDTH + TILES_A_STEP) * TILE_WIDTH)
        leaves: list[bytes] = []
        try:
            yield from _leaves(source, size, stop, until.size, leaves)
            written = grow(size=size, edge=edge, leaf_hashes=leaves)
            at_edge = _edge_of(written, edge, stop)
            full = {tile: data for tile, data in written.items() if tile.is_full}
            yield from _differing(source, full | at_edge if stop == until.size else full)
        except Missing as fault:
            yield Finding(str(fault), "The file is not there.")
            return
        except TileError as fault:
            yield Finding(f"entries from {size}", f"{fault}.")
            return
        yield from _extend(at.tree, leaves, heads)
        edge = {int(tile.level): data for tile, data in at_edge.items()}
        size = stop
        each_step(size)
    if at.tree.root() != until.root:
        yield Finding(
            f"checkpoint {until.size}", "Its root is not that of the entries which are served."
        )


def _extend(
    tree: CompactRange, leaves: Sequence[bytes], heads: Mapping[int, bytes]
) -> Iterator[Finding]:
    start, end, done = tree.size, tree.size + len(leaves), 0
    for size in sorted(size for size in heads if start < size <= end):
        tree.extend(leaves[done : size - start])
        done = size - start
        if tree.root() != heads[size]:
            yield Finding(
                f"checkpoint {size}", "Its root is not that of the entries which are served."
            )
    tree.extend(leaves[done:])


def _edge(source: Source, tree: CompactRange, reached: int) -> dict[int, bytes]:
    """The partial tiles at the edge of the tree audited before, cut from those that are served now."""
    edge = {}
    for tile in edge_tiles(tree.size):
        level = int(tile.level)
        now = Tile(level, tile.index, partial_width(level, tile.index, reached))
        edge[level] = _tile(source, now)[: tile.width * HASH_SIZE]
    return edge


def _edge_of(
    written: Mapping[Tile, bytes], edge: Mapping[int, bytes], size: int
) -> dict[Tile, bytes]:
    """The partial tiles of the tree that has grown: new ones, or old ones that were not reached."""
    return {tile: written.get(tile) or edge[int(tile.level)] for tile in edge_tiles(size)}


def _leaves(
    source: Source, start: int, stop: int, reached: int, leaves: list[bytes]
) -> Iterator[Finding]:
    """Hashes of the entries [start, stop). All of their bundles, which may begin before `start`, are compared with the
    tiles of level 0."""
    for index in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
        first = index * TILE_WIDTH
        width = min(TILE_WIDTH, reached - first)
        path = entries_path(index, width)
        entries = decode_entries(source.read(path))
        if len(entries) != width:
            raise TileError(f"{path} has {len(entries)} entries, not {width}")
        hashed = [leaf_hash(entry) for entry in entries]
        stored = _tile(source, Tile(0, index, width))
        if b"".join(hashed) != stored:
            for number, (found, kept) in enumerate(zip(hashed, tile_hashes(stored), strict=True)):
                if found != kept:
                    yield Finding(
                        f"entry {first + number}",
                        f"It does not hash to hash {number} of {Tile(0, index, width).path}.",
                    )
        leaves += hashed[max(0, start - first) :]


def _differing(source: Source, made: Mapping[Tile, bytes]) -> Iterator[Finding]:
    """Tiles above level 0 that are not what lies below them (level 0 was compared entry by entry)."""
    for tile, data in made.items():
        level = int(tile.level)
        if level == 0:
            continue
        stored = _tile(source, tile)
        if stored == data:
            continue
        for number, (hashed, kept) in enumerate(
            zip(tile_hashes(data), tile_hashes(stored), strict=True)
        ):
            if hashed != kept:
                first = (tile.index * TILE_WIDTH + number) << (TILE_HEIGHT * level)
                yield Finding(
                    f"{tile.path}, hash {number}",
                    f"It is not the hash over the tile below, of the entries from {first}.",
                )


def _tile(source: Source, tile: Tile) -> bytes:
    data = source.read(tile.path)
    if len(data) != tile.width * HASH_SIZE:
        raise TileError(f"{tile.path} has {len(data)} bytes, not {tile.width} hashes")
    return data
