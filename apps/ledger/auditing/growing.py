"""The tree as it grew, compared with every checkpoint on the way and with the head at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apps.ledger.auditing.checkpoints import SignedHeads
from apps.ledger.audits import Finding
from pharmatrace.kernel.tlog.tiles import TILE_WIDTH
from pharmatrace.kernel.tlog.tree import CompactRange, root_of


class Growing:
    """Takes the leaves of one tile after the other. A lost leaf ends what can be said of the rest."""

    def __init__(self, checkpoints: SignedHeads, tiles: CompactRange) -> None:
        self.checkpoints = checkpoints
        self.tiles = tiles  # over the roots of full tiles: each is hashed once
        self.tail = CompactRange()  # over the leaves after them
        self.lost = False
        self.last_tile_root: bytes | None = None

    def grow(self, leaves: Sequence[bytes | None]) -> Iterator[Finding]:
        """Adds the leaves of the next tile; what is wrong with the checkpoints up to there."""
        self.last_tile_root = None
        known = [leaf for leaf in leaves if leaf is not None]
        self.lost = self.lost or len(known) != len(leaves)
        if self.lost:
            return
        start, full = self.tiles.size * TILE_WIDTH, len(known) == TILE_WIDTH
        self.tail = CompactRange()
        for size, stored in self.checkpoints.up_to(start + len(known) - full):
            self.tail.extend(known[self.tail.size : size - start])
            yield from self.checkpoints.compare(size, stored, self._whole().root())
        if full:
            self.last_tile_root = root_of(known)
            self.tiles.append(self.last_tile_root)
            self.tail = CompactRange()
            for size, stored in self.checkpoints.up_to(start + TILE_WIDTH):
                yield from self.checkpoints.compare(size, stored, self._whole().root())
        else:
            self.tail.extend(known[self.tail.size :])

    def _whole(self) -> CompactRange:
        """Perfect subtrees over n tiles are perfect subtrees over 256 n leaves."""
        size = self.tiles.size * TILE_WIDTH + self.tail.size
        return CompactRange(size, [*self.tiles.hashes, *self.tail.hashes])

    def end(self, place: str, range_: bytes | None, root: bytes) -> Iterator[Finding]:
        """What the head row, or of an older shard its final checkpoint, says of the same tree."""
        yield from self.checkpoints.end()
        if self.lost:
            yield Finding(place, "Entries are lost, so its root could not be compared.")
            return
        whole = self._whole()
        if whole.root() != root:
            yield Finding(place, f"Its root is not that of its {whole.size} entries.")
        if range_ is not None and whole.to_bytes() != range_:
            yield Finding(place, f"Its compact range is not that of its {whole.size} entries.")
