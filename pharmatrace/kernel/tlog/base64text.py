"""Standard base64 (RFC 4648 §4), padded, and read only in its one canonical spelling."""

from __future__ import annotations

import base64
import binascii


def to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Raises ValueError for anything that `to_base64` would not have written."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("this is not base64") from None
    if to_base64(data) != text:
        raise ValueError("this is not the canonical base64 of its bytes")
    return data
