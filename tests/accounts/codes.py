"""An authenticator app: six digits of the time and a secret (RFC 6238, RFC 4226 §5.3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from apps.parties.models import User


def code(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or `steps` times thirty seconds later."""
    counter = int(time.time() // 30 + steps).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def secret_on(page: Any) -> str:
    """The key a set-up page shows."""
    found = re.search(r'<span class="code">([A-Z2-7]{32})</span>', page.content.decode())
    assert found is not None
    return found[1]


def protect(user: User, secret: str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP") -> str:
    """Gives somebody an app, without the pages; returns its secret."""
    TOTP.activate(user, secret)
    assert Authenticator.objects.filter(user=user).exists()
    return secret
