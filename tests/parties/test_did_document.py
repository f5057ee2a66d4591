"""Anybody can fetch an organisation's keys from where its did:web points."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from apps.parties.services import revoke_key, rotate_key
from apps.parties.signing import signer_for
from tests.cast import Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def document(who: Member, client: Client) -> Any:
    response = client.get(f"/parties/{who.organisation.id}/did.json")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/did+json"
    return response.json()


def test_it_shows_every_key_and_trusts_the_active_one(mia: Member, client: Client) -> None:
    old = signer_for(mia.organisation.id)
    fresh = rotate_key(organisation=mia.organisation, at=NOW)
    found = document(mia, client)
    assert found["id"] == mia.organisation.did
    first, second = found["verificationMethod"]
    assert urlsafe_b64decode(first["publicKeyJwk"]["x"] + "=") == old.public_key
    assert first["expires"] == "2026-11-02T08:00:00Z"
    assert second["id"] == f"{mia.organisation.did}#{fresh.kid.hex()}"
    assert found["assertionMethod"] == [second["id"]]


def test_a_revoked_key_is_shown_as_revoked(mia: Member, client: Client) -> None:
    revoke_key(key=mia.organisation.keys.get(), at=NOW)
    found = document(mia, client)
    assert found["verificationMethod"][0]["revoked"] == "2026-11-02T08:00:00Z"
    assert found["assertionMethod"] == []


def test_nothing_private_is_in_it(mia: Member, client: Client) -> None:
    jwk = document(mia, client)["verificationMethod"][0]["publicKeyJwk"]
    assert set(jwk) == {"kty", "crv", "x", "kid", "alg"}


def test_there_is_none_for_nobody(client: Client) -> None:
    assert client.get(f"/parties/{uuid4()}/did.json").status_code == 404
