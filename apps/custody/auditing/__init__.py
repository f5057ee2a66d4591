"""Custody's part of `manage.py audit`: events against what was signed, package chains, states against a replay,
counts of what is on its way against the packages.

Registered with the ledger's audit, which runs it after the log itself was found whole.
"""

from __future__ import annotations

from apps.custody.auditing import chains, events, states, underway  # noqa: F401  (they register themselves)
