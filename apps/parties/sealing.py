"""Secrets at rest: encrypted with a key that is not in the database.

A sealed secret is `0x01 || nonce (12) || AES-256-GCM(secret, associated data = whose it is)`. The first
byte is the version of this format. Whose it is, for a private key its kid, makes a sealed secret worthless
in any other row. The key-encryption key is settings.KEY_ENCRYPTION_KEY: 32 bytes in base64.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = b"\x01"
_NONCE = 12


class CannotUnseal(Exception):
    """A stored secret does not open with the key-encryption key of this installation."""


def seal_private_key(seed: bytes, *, kid: bytes) -> bytes:
    """The 32-byte Ed25519 `seed`, sealed. Raises ImproperlyConfigured without a usable key."""
    return seal_secret(seed, of=kid)


def open_private_key(sealed: bytes, *, kid: bytes) -> bytes:
    """The seed that `sealed` holds. Raises CannotUnseal, ImproperlyConfigured."""
    return open_secret(sealed, of=kid, name=f"signing key {kid.hex()}")


def seal_secret(secret: bytes, *, of: bytes) -> bytes:
    """`secret`, sealed for the row that `of` names. Raises ImproperlyConfigured without a usable key."""
    nonce = os.urandom(_NONCE)
    return VERSION + nonce + _cipher().encrypt(nonce, secret, of)


def open_secret(sealed: bytes, *, of: bytes, name: str) -> bytes:
    """What `sealed` holds; `name` says in a fault what did not open. Raises CannotUnseal,
    ImproperlyConfigured."""
    if sealed[:1] != VERSION:
        raise CannotUnseal(f"{name} is sealed in an unknown format")
    nonce, ciphertext = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return _cipher().decrypt(nonce, ciphertext, of)
    except InvalidTag as error:
        raise CannotUnseal(
            f"{name} does not open: KEY_ENCRYPTION_KEY is not the one it was"
            " sealed with, or the row was changed"
        ) from error


def _cipher() -> AESGCM:
    # Read at every use: a process must notice a missing key, and building the cipher is cheap.
    text = getattr(settings, "KEY_ENCRYPTION_KEY", "")
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured(
            "KEY_ENCRYPTION_KEY must be 32 bytes in base64 (openssl rand -base64 32);"
            " without it no signing key can be made or used."
        )
    return AESGCM(key)
