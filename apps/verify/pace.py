"""How often a visitor may ask for something dear. Kept in memory, by this process alone: with four workers a visitor
has four times as much, and a restart forgets. That bounds the cost, which is all it is for; nothing is written down
about visitors."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

MOST_VISITORS = 20_000  # remembered at a time; the one not seen longest is forgotten first


class Pace:
    """At most `most` times in each `window`, counted from a visitor's first time in it."""

    def __init__(self, most: int, window: timedelta) -> None:
        self.most = most
        self.window = window
        self._lock = Lock()
        self._seen: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def wait(self, visitor: str, *, at: datetime) -> int:
        """0 where the visitor may, and it is counted; otherwise how many seconds are left."""
        with self._lock:
            since, count = self._seen.pop(visitor, (at, 0))
            if not since <= at < since + self.window:
                since, count = at, 0
            self._seen[visitor] = (since, min(count + 1, self.most + 1))
            if len(self._seen) > MOST_VISITORS:
                self._seen.popitem(last=False)
        if count < self.most:
            return 0
        return max(1, round((since + self.window - at).total_seconds()))
