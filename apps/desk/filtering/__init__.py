"""What narrows a list down: what may be asked of each list, and what people keep of it."""

from __future__ import annotations
