"""What custody tells the floors above."""

from __future__ import annotations

from django.dispatch import Signal

# Sent inside capture's transaction with `actor: Actor` and `refused: list[RefusedEvent]` (saved).
events_refused = Signal()
