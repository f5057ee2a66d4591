"""JSON out: fast, and whole where a number is large."""

from __future__ import annotations

import json
from typing import Any

import orjson


def json_bytes(body: Any) -> bytes:
    """`body` in JSON. PostgreSQL gives 1e300, which a sender may have in a field of his own, back as a whole
    number of 301 digits; orjson knows none beyond 64 bits, the standard library does."""
    try:
        return orjson.dumps(body, default=str)
    except TypeError:
        return json.dumps(body, default=str, ensure_ascii=False, separators=(",", ":")).encode()
