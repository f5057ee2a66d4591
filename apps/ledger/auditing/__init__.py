"""The ledger's own checks: the log as a tree, the statements it commits to, and the keys that signed them."""

from __future__ import annotations

from apps.ledger.auditing import authority, log_tree, statements  # noqa: F401  (they register themselves)
