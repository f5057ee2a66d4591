"""What a bundle shows of each kind of anchor. `checkpoint` is the note that was told outside, `path` the
consistency proof between it and the bundle's checkpoint, empty when they are of one size."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JournalAnchor:
    """A checkpoint kept in the operator's own append-only file."""

    checkpoint: str
    path: tuple[bytes, ...] = ()
    kind: str = "journal"


@dataclass(frozen=True, slots=True)
class TimeStampAnchor:
    """A time-stamp response over the checkpoint (RFC 3161 §2.4.2), DER, as the authority sent it."""

    checkpoint: str
    token: bytes
    path: tuple[bytes, ...] = ()
    kind: str = "rfc3161"


@dataclass(frozen=True, slots=True)
class OpenTimestampsAnchor:
    """A detached OpenTimestamps proof (an `.ots` file) over the checkpoint."""

    checkpoint: str
    proof: bytes
    path: tuple[bytes, ...] = ()
    kind: str = "opentimestamps"


@dataclass(frozen=True, slots=True)
class EvmRecord:
    """Where the contract's event stands. Addresses and hashes in lower-case hexadecimal after 0x."""

    chain_id: int
    contract: str
    sender: str
    transaction: str
    block: int
    block_hash: str
    log_index: int


@dataclass(frozen=True, slots=True)
class EvmAnchor:
    """A checkpoint that our contract on an EVM chain accepted."""

    checkpoint: str
    record: EvmRecord
    path: tuple[bytes, ...] = ()
    kind: str = "evm"


Anchor = JournalAnchor | TimeStampAnchor | OpenTimestampsAnchor | EvmAnchor
