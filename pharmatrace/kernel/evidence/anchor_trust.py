"""What a reader knows from elsewhere, and holds anchors against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.x509 import Certificate


@dataclass(frozen=True, slots=True)
class AnchorTrust:
    """`tsa_roots`: certificates that time-stamp authorities are trusted under. `bitcoin_headers`: block headers
    (80 bytes) by height. `evm_receipts`: answers of the reader's own node to `eth_getTransactionReceipt`, by
    transaction hash. `evm_senders`: addresses known to be the log's, lower case."""

    tsa_roots: tuple[Certificate, ...] = ()
    bitcoin_headers: Mapping[int, bytes] = field(default_factory=dict)
    evm_receipts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    evm_senders: frozenset[str] = frozenset()


NOTHING = AnchorTrust()
