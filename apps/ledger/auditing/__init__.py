"""The ledger's own checks: the log as a tree, what of it was published, the statements it commits to, and the
keys that signed them."""

from __future__ import annotations

from apps.ledger.auditing import (  # noqa: F401  (they register themselves)
    authority,
    log_key_changes,
    log_tree,
    publications,
    shard_chain,
    statements,
)
