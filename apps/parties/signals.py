"""What the registry tells the floors above."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `change: RegistryChange`, inside the transaction that made the change. A receiver that
# raises undoes the change: no key or licence without its statement.
registry_changed = Signal()
