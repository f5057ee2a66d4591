"""The text of an API token: `pt_<prefix>_<secret>`.

The prefix finds the row and may be shown; the secret is 32 random bytes, so one SHA-256 is enough
to store it (there is nothing to guess, and no password to stretch).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenText:
    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"pt_{self.prefix}_{self.secret}"

    def digest(self) -> bytes:
        """What is stored: SHA-256 over the whole text."""
        return hashlib.sha256(str(self).encode()).digest()

    def matches(self, digest: bytes) -> bool:
        """Compares in constant time."""
        return hmac.compare_digest(self.digest(), digest)


def new_token() -> TokenText:
    return TokenText(prefix=secrets.token_hex(6), secret=secrets.token_urlsafe(32))


def read_token(text: str) -> TokenText | None:
    """The parts of `text`, or None when it is not written like a token."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != "pt" or len(parts[1]) != 12 or not parts[2]:
        return None
    return TokenText(prefix=parts[1], secret=parts[2])
