"""Forms of the desk: what people fill in, read and checked."""

from __future__ import annotations
