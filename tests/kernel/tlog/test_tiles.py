"""Tiles: canonical paths, what to write when a log grows, and proofs read back from tiles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pharmatrace.kernel.tlog.proofs import (
    check_consistency,
    check_inclusion,
    prove_consistency,
    prove_inclusion,
)
from pharmatrace.kernel.tlog.tiles import (
    Tile,
    TileError,
    TileHashReader,
    decode_entries,
    edge_range,
    edge_tiles,
    encode_entries,
    grow,
    new_tiles,
    parse_tile_path,
    partial_width,
    tiles_for,
)
from pharmatrace.kernel.tlog.tree import leaf_hash, root_of

MOST = 70_000
LEAVES = [leaf_hash(number.to_bytes(3, "big")) for number in range(MOST)]


@pytest.fixture(scope="module")
def served() -> dict[Tile, bytes]:
    """All tiles of the largest tree."""
    return grow(size=0, edge={}, leaf_hashes=LEAVES)


def fetch_from(served: dict[Tile, bytes]):
    def fetch(tile: Tile) -> bytes:
        whole = next(
            data
            for width in range(tile.width, 257)
            if (data := served.get(Tile(tile.level, tile.index, width)))
        )
        return whole[: tile.width * 32]

    return fetch


@given(some.sampled_from([*range(64), "entries"]), some.integers(0, 1 << 62), some.integers(1, 256))
def test_a_path_is_read_back_as_its_tile(level, index, width):
    tile = Tile(level, index, width)
    assert parse_tile_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/0",
        "tile/0/1000",
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/data/000",
        "tile/0/00\u0661",
        "tile/0/000\n",
        "tile/0/" + "x001/" * 1500 + "001",
    ],
)
def test_any_other_path_is_refused(path):
    with pytest.raises(TileError):
        parse_tile_path(path)


@given(some.integers(0, MOST), some.integers(0, MOST))
def test_growing_writes_just_the_tiles_that_change(one, other):
    old, new = sorted((one, other))
    tiles = new_tiles(old, new)
    assert set(tiles) == set(tiles_for(new)) - set(tiles_for(old))
    assert all(tile.width == partial_width(tile.level, tile.index, new) for tile in tiles)
    assert edge_tiles(new) == [tile for tile in tiles_for(new) if not tile.is_full]


@settings(max_examples=20, deadline=None)
@given(some.lists(some.integers(1, 3000), min_size=1, max_size=5))
def test_growing_in_steps_gives_the_same_tiles_and_root(steps):
    size, written = 0, {}
    for step in steps:
        edge = {tile.level: written[tile] for tile in edge_tiles(size)}
        added = grow(size=size, edge=edge, leaf_hashes=LEAVES[size : size + step])
        assert list(added) == new_tiles(size, size + step)
        written |= added
        size += step
    at_once = grow(size=0, edge={}, leaf_hashes=LEAVES[:size])
    assert {tile: written[tile] for tile in at_once} == at_once
    edge = {tile.level: written[tile] for tile in edge_tiles(size)}
    assert edge_range(size=size, edge=edge).root() == root_of(LEAVES[:size])


@settings(max_examples=40, deadline=None)
@given(size=some.sampled_from([1, 255, 256, 257, 65_535, 65_536, 65_537, MOST]), data=some.data())
def test_proofs_can_be_made_from_tiles_alone(served, size, data):
    index = data.draw(some.integers(0, size - 1))
    old = data.draw(some.integers(1, size))
    root = root_of(LEAVES[:size])
    reader = TileHashReader(fetch_from(served), size)
    path = prove_inclusion(reader, size, index)
    check_inclusion(root=root, size=size, index=index, leaf=LEAVES[index], path=path)
    check_consistency(
        old_root=root_of(LEAVES[:old]),
        old_size=old,
        new_root=root,
        new_size=size,
        path=prove_consistency(reader, old, size),
    )


def test_a_tile_of_another_length_is_refused():
    reader = TileHashReader(lambda tile: bytes(32), 5)
    with pytest.raises(TileError):
        reader(0, 1)


def test_a_hash_outside_the_tree_is_refused():
    reader = TileHashReader(lambda tile: bytes(32 * tile.width), 5)
    with pytest.raises(ValueError):
        reader(2, 1)


def test_an_edge_that_is_not_that_of_the_tree_is_refused():
    with pytest.raises(TileError):
        grow(size=3, edge={}, leaf_hashes=LEAVES[:1])


@given(some.lists(some.binary(max_size=300), max_size=20))
def test_a_bundle_of_entries_is_read_back(entries):
    assert decode_entries(encode_entries(entries)) == entries


@pytest.mark.parametrize("data", [b"\0", b"\0\1", b"\0\2a", b"\0\0\0"])
def test_a_bundle_that_ends_early_is_refused(data):
    with pytest.raises(TileError):
        decode_entries(data)


def test_an_entry_that_is_too_long_is_refused():
    with pytest.raises(TileError):
        encode_entries([bytes(65_536)])
