"""Pages of the desk, one module per thing people do."""

from __future__ import annotations
