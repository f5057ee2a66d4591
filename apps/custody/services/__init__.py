"""Custody's verbs. `capture` is the one door for changes."""

from __future__ import annotations

from apps.custody.services.capture import capture

__all__ = ["capture"]
