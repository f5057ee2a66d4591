"""Hashes of the tree, read from tiles in two queries per proof, however long it is.

A proof asks for its hashes one by one. So it is run twice: once to learn which tiles it wants, which does
not depend on what is in them, and once with those tiles at hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from apps.ledger.tiles import read_tiles
from pharmatrace.kernel.tlog.proofs import HashReader
from pharmatrace.kernel.tlog.tiles import Tile, TileHashReader
from pharmatrace.kernel.tlog.tree import HASH_SIZE

Result = TypeVar("Result")


def with_hashes(size: int, prove: Callable[[HashReader], Result], *, first: int = 0) -> Result:
    """What `prove` makes of a reader of the tree of `size` entries, of the shard that begins at `first`; both count
    the entries of the shard. Two queries.

    Raises LookupError when a hash is not there: the log is shorter than `size`, or damaged.
    """
    wanted: list[Tile] = []

    def note(tile: Tile) -> bytes:
        wanted.append(tile)
        return bytes(tile.width * HASH_SIZE)

    prove(TileHashReader(note, size))
    tiles = read_tiles(wanted, first=first)
    return prove(TileHashReader(tiles.__getitem__, size))


def hash_reader(size: int, *, first: int = 0) -> HashReader:
    """A reader of the tree of `size` entries that reads each tile when first asked: a query per tile."""
    return TileHashReader(lambda tile: read_tiles([tile], first=first)[tile], size)
