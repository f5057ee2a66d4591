"""Master data that partners send: kept as they said it, and proposed for our own records, never taken over
by itself."""

from __future__ import annotations
