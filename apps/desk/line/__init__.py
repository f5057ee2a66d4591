"""Packing at the end of a line: case after case of one size and one batch, each a scan session of its own."""

from __future__ import annotations
