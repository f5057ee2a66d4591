"""Pictures, and reports that people outside send."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import uuid4

from PIL import Image

from apps.safety.models import Report
from apps.safety.reporting import report_suspicion

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **how: Any
) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **how)
    return out.getvalue()


def reported(**changes: Any) -> Report:
    values: dict[str, Any] = {
        "once": uuid4(), "found": ["packaging"], "words": "The print is pale.", "photo": None,
        "contact": "", "code": "", "package_id": None, "package_path": "", "product": None,
        "batch": None, "language": "en", "at": AT,
    }  # fmt: skip
    return report_suspicion(**{**values, **changes})
