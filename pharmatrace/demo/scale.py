"""How much of the real figures is told, and in what containers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """One pack for every `divisor` real ones; `case` packs to a case, `pallet` cases to a pallet."""

    divisor: int
    case: int
    pallet: int

    def packs(self, quantity: int) -> int:
        return -(-quantity // self.divisor)


HUNDREDTH = Scale(divisor=100, case=10, pallet=8)
FULL = Scale(divisor=1, case=100, pallet=20)
