"""Labels' verbs."""

from __future__ import annotations

from apps.labels.services.next_sscc import next_sscc, next_ssccs

__all__ = ["next_sscc", "next_ssccs"]
