"""What the ledger tells the floors above."""

from __future__ import annotations

from django.dispatch import Signal

# Sent after a checkpoint was published, outside any transaction, with `checkpoint: Checkpoint` as readers see it
# (`note` has the cosignatures). A crash between storing and telling loses it: receivers look for what they missed.
checkpoint_published = Signal()
