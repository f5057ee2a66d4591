"""DID documents (W3C DID Core 1.0; W3C Controlled Identifiers 1.0 for `JsonWebKey`)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from apps.parties.models import SigningKey


def did_document(did: str, keys: Iterable[SigningKey]) -> dict[str, Any]:
    """The document of `did`: every key it ever had, so that old signatures can be checked.

    Only the active one stands in `assertionMethod`; a replaced one has `expires`, a revoked one
    `revoked` (Controlled Identifiers §2.2).
    """
    keys = list(keys)
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": [_method(did, key) for key in keys],
        "assertionMethod": [_name(did, key) for key in keys if key.is_active],
    }


def _method(did: str, key: SigningKey) -> dict[str, Any]:
    method: dict[str, Any] = {
        "id": _name(did, key),
        "type": "JsonWebKey",
        "controller": did,
        "publicKeyJwk": {  # RFC 8037 §2
            "kty": "OKP",
            "crv": "Ed25519",
            "x": urlsafe_b64encode(key.public_key).rstrip(b"=").decode(),
            "kid": key.kid.hex(),
            "alg": "EdDSA",
        },
    }
    if key.retired_at:
        method["expires"] = _iso(key.retired_at)
    if key.revoked_at:
        method["revoked"] = _iso(key.revoked_at)
    return method


def _name(did: str, key: SigningKey) -> str:
    return f"{did}#{key.kid.hex()}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
