"""The ledger's own checks: the log as a tree, and the statements it commits to."""

from __future__ import annotations

from apps.ledger.auditing import log_tree, statements  # noqa: F401  (they register themselves)
