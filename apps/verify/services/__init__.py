"""What verify does: prove a package, prove an event."""

from __future__ import annotations

from apps.verify.services.prove import prove, prove_event

__all__ = ["prove", "prove_event"]
