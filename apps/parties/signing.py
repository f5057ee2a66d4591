"""Who signs: one key per organisation, and one for the installation itself, the registrar.

The active key is asked of the database at every call, so a key that another process revoked signs
nothing more. Only the decrypted private key is kept in memory, by kid.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.parties.models import SigningKey
from apps.parties.sealing import open_private_key, seal_private_key
from pharmatrace.kernel.refusal import Refused

# FOR KEY SHARE: many signers go on side by side, a revocation (FOR UPDATE) waits for them.
_OF_AN_ORGANISATION = """
    SELECT kid, public_key, sealed_private_key FROM parties_signingkey
    WHERE organisation_id = %s AND retired_at IS NULL AND revoked_at IS NULL FOR KEY SHARE
"""
_OF_THE_REGISTRAR = """
    SELECT kid, public_key, sealed_private_key FROM parties_signingkey
    WHERE purpose = 'registrar' AND retired_at IS NULL AND revoked_at IS NULL FOR KEY SHARE
"""


class Signer(Protocol):
    """Signs for one organisation with one Ed25519 key (RFC 8032)."""

    @property
    def kid(self) -> bytes: ...

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class StoredKeySigner:
    """The default signer: a private key that lies encrypted in the database."""

    kid: bytes
    public_key: bytes
    private_key: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        return self.private_key.sign(message)


def signer_for(organisation_id: UUID) -> Signer:
    """The signer of an organisation. One query; a second where there seems to be no key.

    Call it inside the transaction that stores what is signed: a revocation then waits for that
    transaction, so nothing signed with a key enters the log after the key's revocation.
    Raises Refused `no_signing_key`.
    """
    # Who waited for a rotation is given no row: the one it waited for is retired, and the new one was
    # not there when the query began. Asked once more, it is.
    signer = _active(_OF_AN_ORGANISATION, [organisation_id]) or _active(
        _OF_AN_ORGANISATION, [organisation_id]
    )
    if signer is None:
        raise Refused.one(
            "no_signing_key",
            "This organisation has no signing key at the moment; an administrator can make one.",
            organisation_id=str(organisation_id),
        )
    return signer


def registrar_signer() -> Signer:
    """The signer of the installation; its key is made when it is first needed, once."""
    found = _active(_OF_THE_REGISTRAR, [])
    if found is not None:
        return found
    try:
        with transaction.atomic():
            make_key(purpose=SigningKey.Purpose.REGISTRAR, organisation_id=None, at=timezone.now())
    except IntegrityError:
        pass  # another process was first; the constraint allows one active registrar key
    made = _active(_OF_THE_REGISTRAR, [])
    if made is None:
        raise RuntimeError("the registrar's key was made and is not there")
    return made


def make_key(*, purpose: str, organisation_id: UUID | None, at: datetime) -> SigningKey:
    """A new active Ed25519 key, stored. Raises IntegrityError when there is an active one."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    kid = hashlib.sha256(public).digest()[:16]
    return SigningKey.objects.create(
        kid=kid,
        purpose=purpose,
        organisation_id=organisation_id,
        public_key=public,
        sealed_private_key=seal_private_key(private.private_bytes_raw(), kid=kid),
        created_at=at,
    )


def _active(query: str, parameters: list[Any]) -> Signer | None:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        row = cursor.fetchone()
    if row is None:
        return None
    kid, public_key, sealed = (bytes(column) for column in row)
    return StoredKeySigner(kid, public_key, _private_key(kid, sealed))


@lru_cache(maxsize=4096)
def _private_key(kid: bytes, sealed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(open_private_key(sealed, kid=kid))
