"""The key that pays for transactions: a file, read when it is needed, never kept, shown or stored."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

KEY = re.compile(r"(0x)?[0-9a-fA-F]{64}")


class NoKey(Exception):
    """The key file cannot be used; the text says why, and holds nothing of it."""


def read_key() -> bytes:
    """32 bytes. Raises NoKey."""
    path = Path(settings.ANCHOR_EVM_KEY_FILE)
    try:
        if path.stat().st_mode & 0o077:
            raise NoKey(f"others can read {path}: chmod 600")
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise NoKey(f"{path} cannot be read ({type(fault).__name__})") from None
    if not KEY.fullmatch(text):
        raise NoKey(f"{path} does not hold 32 bytes in hexadecimal")
    return bytes.fromhex(text.removeprefix("0x"))
