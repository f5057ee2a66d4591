"""What verify does: prove."""

from __future__ import annotations

from apps.verify.services.prove import prove

__all__ = ["prove"]
