"""Pictures of the main screens, of a demo that is filled for them: `make screenshots`."""

from __future__ import annotations
