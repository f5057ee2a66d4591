"""`GS1-Signature`: that a report comes from us, and when (EPCIS 2.0 §12.7.3; the kind of signature is ours).

`t=<seconds since 1970>,sha256=<hex>`: HMAC-SHA256 with the subscriber's `signatureToken` (UTF-8) as key over
the decimal `t`, a full stop, and the body as it was sent. A receiver that also looks at `t` is safe from old
reports sent again; docs/epcis.md shows the check.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

HEADER = "GS1-Signature"
FRESH = timedelta(minutes=5)
_WRITTEN = re.compile(r"t=([0-9]{1,12}),sha256=([0-9a-f]{64})", re.ASCII)


def signature(token: bytes, body: bytes, *, at: datetime) -> str:
    """The value of the header."""
    seconds = int(at.timestamp())
    return f"t={seconds},sha256={_digest(token, seconds, body)}"


def is_signed(token: bytes, header: str, body: bytes, *, at: datetime) -> bool:
    """Whether `header` is such a signature over the body, made within five minutes of `at`."""
    written = _WRITTEN.fullmatch(header)
    if written is None:
        return False
    seconds = int(written[1])
    fresh = abs(at.timestamp() - seconds) <= FRESH.total_seconds()
    return hmac.compare_digest(_digest(token, seconds, body), written[2]) and fresh


def _digest(token: bytes, seconds: int, body: bytes) -> str:
    return hmac.new(token, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
