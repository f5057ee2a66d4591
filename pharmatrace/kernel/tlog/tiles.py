"""Tiles: the tree as immutable public files (C2SP tlog-tiles).

A tile is up to 256 hashes of one level in a row; a level of tiles is eight levels of the tree.
Bundles of entries are named beside them. Reading and writing is somebody else's work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pharmatrace.kernel.tlog.proofs import perfect_subtrees
from pharmatrace.kernel.tlog.tree import HASH_SIZE, CompactRange, root_of

TILE_HEIGHT = 8
TILE_WIDTH = 256
ENTRIES: Literal["entries"] = "entries"
MAX_LEVEL = 63
MAX_ENTRY = 0xFFFF

# At most 21 digits: sizes are below 2^63, and a number of thousands of digits is not even read.
_PATH = re.compile(
    r"tile/(?P<level>0|[1-9][0-9]?|entries)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


class TileError(Exception):
    """A path that names no tile, or bytes that are not the tile they should be."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One file of the log: its level (or "entries"), index in the level, and width 1 to 256."""

    level: int | Literal["entries"]
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        if self.level == ENTRIES:
            return entries_path(self.index, self.width)
        return tile_path(self.level, self.index, self.width)

    @property
    def is_full(self) -> bool:
        return self.width == TILE_WIDTH


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Path below the log's prefix, such as `tile/0/x001/x234/067.p/8`. Raises TileError."""
    if not 0 <= level <= MAX_LEVEL:
        raise TileError(f"there is no tile level {level}")
    return f"tile/{level}/{_index_path(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Path of a bundle of entries, such as `tile/entries/000.p/8`. Raises TileError."""
    return f"tile/{ENTRIES}/{_index_path(index, width)}"


def parse_tile_path(path: str) -> Tile:
    """The tile that a path names. Raises TileError for any but the one canonical path."""
    match = _PATH.fullmatch(path)
    if not match:
        raise TileError(f"{path!r} is not the path of a tile")
    level: int | Literal["entries"] = ENTRIES
    if match["level"] != ENTRIES:
        level = int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    width = int(match["width"] or TILE_WIDTH)
    if width == TILE_WIDTH and match["width"]:
        raise TileError("a tile of 256 hashes is full and has no width in its path")
    tile = Tile(level, index, width)
    if tile.path != path:
        raise TileError(f"{path!r} is not the canonical path of a tile")
    return tile


def partial_width(level: int, index: int, size: int) -> int:
    """How many hashes tile (level, index) has in a tree of `size` leaves: 0 to 256."""
    hashes = size >> (TILE_HEIGHT * level)
    return min(max(hashes - index * TILE_WIDTH, 0), TILE_WIDTH)


def new_tiles(old_size: int, new_size: int) -> list[Tile]:
    """The hash tiles to write when a tree grows: level by level, the partial one last.

    Raises ValueError when the tree would shrink.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"a log cannot go from {old_size} to {new_size} entries")
    tiles: list[Tile] = []
    level = 0
    while new_size >> (TILE_HEIGHT * level):
        old, new = old_size >> (TILE_HEIGHT * level), new_size >> (TILE_HEIGHT * level)
        if old == new:
            break
        first, full = old // TILE_WIDTH, new // TILE_WIDTH
        tiles.extend(Tile(level, index) for index in range(first, full))
        if new % TILE_WIDTH:
            tiles.append(Tile(level, full, new % TILE_WIDTH))
        level += 1
    return tiles


def tiles_for(size: int) -> list[Tile]:
    """All hash tiles of a tree of `size` leaves."""
    return new_tiles(0, size)


def edge_tiles(size: int) -> list[Tile]:
    """The partial tiles at the right edge of the tree: all that is needed to go on growing it."""
    edge = []
    level = 0
    while hashes := size >> (TILE_HEIGHT * level):
        if hashes % TILE_WIDTH:
            edge.append(Tile(level, hashes // TILE_WIDTH, hashes % TILE_WIDTH))
        level += 1
    return edge


def grow(
    *, size: int, edge: Mapping[int, bytes], leaf_hashes: Sequence[bytes]
) -> dict[Tile, bytes]:
    """The tiles to write when `leaf_hashes` are appended to a tree of `size` leaves.

    `edge` holds the bytes of the partial tiles of `edge_tiles(size)` by level. The result has the
    tiles of `new_tiles(size, size + len(leaf_hashes))`. Raises TileError when the edge is wrong.
    """
    _check_edge(size, edge)
    written: dict[Tile, bytes] = {}
    level, added = 0, b"".join(leaf_hashes)
    while added:
        first = (size >> (TILE_HEIGHT * level)) // TILE_WIDTH
        row = edge.get(level, b"") + added
        parents = []
        for index, at in enumerate(range(0, len(row), TILE_WIDTH * HASH_SIZE), first):
            data = row[at : at + TILE_WIDTH * HASH_SIZE]
            tile = Tile(level, index, len(data) // HASH_SIZE)
            written[tile] = data
            if tile.is_full:
                parents.append(tile_root(data))
        level, added = level + 1, b"".join(parents)
    return written


def edge_range(*, size: int, edge: Mapping[int, bytes]) -> CompactRange:
    """The compact range of a tree from the partial tiles at its right edge. Raises TileError."""
    _check_edge(size, edge)

    def hash_reader(level: int, index: int) -> bytes:
        row, within = divmod(level, TILE_HEIGHT)
        start = ((index << within) % TILE_WIDTH) * HASH_SIZE
        return tile_root(edge[row][start : start + (HASH_SIZE << within)])

    return CompactRange(size, [hash_reader(*subtree) for subtree in perfect_subtrees(0, size)])


def tile_root(data: bytes) -> bytes:
    """Hash over a tile, or over an aligned power of two of its hashes. Raises TileError."""
    return root_of(tile_hashes(data))


def tile_hashes(data: bytes) -> list[bytes]:
    """The hashes in a tile. Raises TileError when the bytes are not 1 to 256 hashes."""
    if not data or len(data) % HASH_SIZE or len(data) > TILE_WIDTH * HASH_SIZE:
        raise TileError(f"{len(data)} bytes are not 1 to {TILE_WIDTH} hashes")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry after its length as u16be. Raises TileError for one over 65,535 bytes."""
    if any(len(entry) > MAX_ENTRY for entry in entries):
        raise TileError("an entry of more than 65,535 bytes does not fit a bundle")
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


def decode_entries(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises TileError when the bytes end inside an entry."""
    entries, at = [], 0
    while at < len(data):
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise TileError("the bundle ends inside an entry")
        entries.append(data[start:at])
    return entries


class TileHashReader:
    """A `HashReader` over the tiles of a tree of `size` leaves; each tile is fetched once.

    What it returns is as good as the tiles: check the proof made from it, or the root.
    """

    def __init__(self, fetch: Callable[[Tile], bytes], size: int) -> None:
        self._fetch = fetch
        self._size = size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """Raises ValueError for a subtree outside the tree, TileError for a tile of wrong length."""
        if index < 0 or (index + 1) << level > self._size:
            raise ValueError(f"subtree ({level}, {index}) is not in {self._size} leaves")
        row, within = divmod(level, TILE_HEIGHT)
        number, start = divmod(index << within, TILE_WIDTH)
        data = self._tile(row, number)
        return tile_root(data[start * HASH_SIZE : (start + (1 << within)) * HASH_SIZE])

    def _tile(self, level: int, index: int) -> bytes:
        data = self._tiles.get((level, index))
        if data is None:
            tile = Tile(level, index, partial_width(level, index, self._size))
            data = self._fetch(tile)
            if len(data) != tile.width * HASH_SIZE:
                raise TileError(f"{tile.path} has {len(data)} bytes, not {tile.width} hashes")
            self._tiles[level, index] = data
        return data


def _index_path(index: int, width: int) -> str:
    if index < 0 or not 1 <= width <= TILE_WIDTH:
        raise TileError(f"there is no tile {index} of width {width}")
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "".join(f"x{part}/" for part in parts[:-1]) + parts[-1]
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _check_edge(size: int, edge: Mapping[int, bytes]) -> None:
    expected = {tile.level: tile.width * HASH_SIZE for tile in edge_tiles(size)}
    if {level: len(data) for level, data in edge.items()} != expected:
        raise TileError(f"these are not the partial tiles of a tree of {size} leaves")
