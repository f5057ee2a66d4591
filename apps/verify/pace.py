"""How much dear work a visitor may ask for. Kept in memory, by this process alone: with four workers a visitor has
four times as much, and a restart forgets. That bounds the cost, which is all it is for; nothing is written down about
visitors.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

MOST_VISITORS = 20_000  # remembered at a time; the one not seen longest is forgotten first


class Pace:
    """At most `most` seconds of work in each `window`, which begins with a visitor's first request in it."""

    def __init__(self, most: float, window: timedelta) -> None:
        self.most = most
        self.window = window
        self._lock = Lock()
        self._seen: OrderedDict[str, tuple[datetime, float]] = OrderedDict()

    def wait(self, visitor: str, *, at: datetime) -> int:
        """0 where the visitor may; otherwise how many seconds are left of the window."""
        with self._lock:
            since, spent = self._window(visitor, at)
        if spent < self.most:
            return 0
        return max(1, round((since + self.window - at).total_seconds()))

    def charge(self, visitor: str, seconds: float, *, at: datetime) -> None:
        """Work was done for this visitor."""
        with self._lock:
            since, spent = self._window(visitor, at)
            self._seen.pop(visitor, None)
            self._seen[visitor] = (since, spent + seconds)
            if len(self._seen) > MOST_VISITORS:
                self._seen.popitem(last=False)

    def _window(self, visitor: str, at: datetime) -> tuple[datetime, float]:
        since, spent = self._seen.get(visitor, (at, 0.0))
        return (since, spent) if since <= at < since + self.window else (at, 0.0)
