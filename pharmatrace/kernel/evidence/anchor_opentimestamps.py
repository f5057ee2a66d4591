"""OpenTimestamps proofs against Bitcoin block headers that the reader brings.

What it proves: the stamped bytes existed before the block was mined, give or take the two hours that Bitcoin
allows a miner's clock. It says nothing about other bytes that existed too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from pharmatrace.kernel.evidence.anchor_stamped import AnchorError, Unconfirmed
from pharmatrace.kernel.evidence.ots_proof import Attestation, read_ots

HEADER_SIZE = 80


@dataclass(frozen=True, slots=True)
class Block:
    """A Bitcoin block, as far as its header tells."""

    height: int
    at: datetime
    merkle_root: bytes


def read_header(height: int, header: bytes) -> Block:
    """Raises AnchorError for 80 bytes that miss the difficulty they claim: a typing error, or made up."""
    if len(header) != HEADER_SIZE:
        raise AnchorError(f"a block header has {HEADER_SIZE} bytes, not {len(header)}")
    bits = int.from_bytes(header[72:76], "little")
    target = (bits & 0x7FFFFF) << 8 * max(0, (bits >> 24) - 3) >> 8 * max(0, 3 - (bits >> 24))
    work = int.from_bytes(sha256(sha256(header).digest()).digest(), "little")
    if bits & 0x800000 or work > target:
        raise AnchorError(f"the header given for block {height} is none: its work is missing")
    at = datetime.fromtimestamp(int.from_bytes(header[68:72], "little"), UTC)
    return Block(height, at, header[36:68])


def check_proof(proof: bytes, *, over: bytes, headers: Mapping[int, bytes]) -> Block:
    """The earliest block that attests to the bytes `over`, of those whose headers the reader gave.

    Raises AnchorError, and Unconfirmed where the proof is pending or no header was given for its blocks.
    """
    attestations = read_over(proof, over=over)
    in_blocks = [(one.height, one.message) for one in attestations if one.height is not None]
    if not in_blocks:
        raise Unconfirmed("no block attests to it yet: its calendars have still to deliver")
    known = [
        _check(message, read_header(height, headers[height]))
        for height, message in in_blocks
        if height in headers
    ]
    if not known:
        heights = ", ".join(str(height) for height in sorted({height for height, _ in in_blocks}))
        raise Unconfirmed(
            f"it leads to the Bitcoin block {heights}, whose header was not given (--bitcoin-header)"
        )
    return min(known, key=lambda block: block.at)


def read_over(proof: bytes, *, over: bytes) -> tuple[Attestation, ...]:
    """The attestations of a proof over these bytes. Raises AnchorError."""
    found = read_ots(proof)
    if (found.hash, found.digest) != ("sha256", sha256(over).digest()):
        raise AnchorError("the proof is over something else than this checkpoint")
    return found.attestations


def _check(message: bytes | None, block: Block) -> Block:
    if message is None:
        raise Unconfirmed("an operation on its way to the block cannot be computed here")
    if message != block.merkle_root:
        raise AnchorError(f"it does not lead to the header given for block {block.height}")
    return block
