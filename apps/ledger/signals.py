"""What the ledger tells the floors above."""

from __future__ import annotations

from django.dispatch import Signal

# Sent after a checkpoint was signed and stored, outside any transaction, with `checkpoint: Checkpoint`.
# It may be sent twice for one checkpoint (a crash lies between storing and telling): receivers are idempotent.
checkpoint_published = Signal()
