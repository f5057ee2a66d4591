"""A signed transaction on its way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.anchors.evm.node import Fees


@dataclass(frozen=True, slots=True)
class Sending:
    """What is stored before anything is sent. Public once sent: it holds a signature, and no key."""

    raw: bytes
    hash: str
    nonce: int
    fees: Fees
    signed_at: datetime

    @classmethod
    def read(cls, stored: bytes) -> Sending:
        from apps.anchors.evm.node import Fees

        told = json.loads(stored)
        return cls(
            bytes.fromhex(told["raw"]), told["hash"], told["nonce"],
            Fees(told["tip"], told["most"]), datetime.fromisoformat(told["signed_at"]),
        )  # fmt: skip

    def write(self) -> bytes:
        told = {
            "raw": self.raw.hex(), "hash": self.hash, "nonce": self.nonce, "tip": self.fees.tip,
            "most": self.fees.most, "signed_at": self.signed_at.isoformat(),
        }  # fmt: skip
        return json.dumps(told).encode()
