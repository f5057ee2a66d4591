"""What a measurement says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `limit` share the `unit`. With `more_is_better` the target is a floor, else a ceiling."""

    name: str
    work: str
    value: float
    unit: str
    target: float | None = None
    more_is_better: bool = True
    limit: float | None = None
    limit_is: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    @property
    def ratio(self) -> float | None:
        """How many times slower than the limit; 1.0 would be the limit itself."""
        if not self.limit or not self.value:
            return None
        return self.limit / self.value if self.more_is_better else self.value / self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; `share` 0.99 is p99."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(share * len(ranked)) - 1))]
