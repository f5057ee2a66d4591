"""`GS1-Signature`: that a report comes from us, and when (EPCIS 2.0 §12.7.3; the kind of signature is ours).

`t=<seconds since 1970>,sha256=<hex>`: HMAC-SHA256 with the subscriber's `signatureToken` (UTF-8) as key over
the decimal `t`, a full stop, and the body as it was sent. A receiver that also looks at `t` is safe from old
reports sent again; docs/epcis.md shows the check.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

HEADER = "GS1-Signature"


def signature(token: bytes, body: bytes, *, at: datetime) -> str:
    """The value of the header."""
    seconds = int(at.timestamp())
    digest = hmac.new(token, f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},sha256={digest}"
