"""The ledger's own checks: the log as a tree, and the statements it commits to."""

from __future__ import annotations

from apps.ledger.auditing import statements, tree  # noqa: F401  (they register themselves)
