"""The ledger's own checks: the log as a tree, what of it was published, and the statements it commits to."""

from __future__ import annotations

from apps.ledger.auditing import (  # noqa: F401  (they register themselves)
    log_tree,
    publications,
    statements,
)
