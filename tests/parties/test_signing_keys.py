"""Keys sign while they are active, are sealed at rest, and every change of them is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction

from apps.parties import signing
from apps.parties.models import RegistryChange, SigningKey
from apps.parties.sealing import CannotUnseal, open_private_key, seal_private_key
from apps.parties.selectors import registry_facts
from apps.parties.services import revoke_key, rotate_key
from apps.parties.signals import registry_changed
from apps.parties.signing import registrar_signer, signer_for
from pharmatrace.kernel.refusal import Refused
from tests.cast import Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    signing._private_key.cache_clear()


@pytest.fixture
def told() -> Iterator[list[RegistryChange]]:
    heard: list[RegistryChange] = []

    def listen(change: RegistryChange, **_: Any) -> None:
        assert connection.in_atomic_block
        heard.append(change)

    registry_changed.connect(listen)
    yield heard
    registry_changed.disconnect(listen)


def active(who: Member) -> SigningKey:
    return who.organisation.keys.get(retired_at=None, revoked_at=None)


def test_a_signature_verifies_with_the_published_key(
    mia: Member, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        signer = signer_for(mia.organisation.id)
    assert signer.kid == active(mia).kid
    Ed25519PublicKey.from_public_bytes(signer.public_key).verify(signer.sign(b"facts"), b"facts")


def test_rotating_retires_the_old_key_and_tells_both(
    mia: Member, told: list[RegistryChange]
) -> None:
    old = active(mia)
    fresh = rotate_key(organisation=mia.organisation, at=NOW)
    old.refresh_from_db()
    assert (old.retired_at, old.revoked_at) == (NOW, None)
    assert signer_for(mia.organisation.id).kid == fresh.kid
    assert [(change.key_id, change.action) for change in told] == [
        (old.kid, "retired"),
        (fresh.kid, "registered"),
    ]


def test_a_revoked_key_signs_nothing_until_there_is_a_new_one(
    mia: Member, told: list[RegistryChange]
) -> None:
    signer_for(mia.organisation.id)  # in memory now, and of no use after the revocation
    revoke_key(key=active(mia), at=NOW)
    with pytest.raises(Refused) as caught:
        signer_for(mia.organisation.id)
    assert caught.value.codes == ("no_signing_key",)
    fresh = rotate_key(organisation=mia.organisation, at=NOW)
    assert signer_for(mia.organisation.id).kid == fresh.kid
    assert [change.action for change in told] == ["revoked", "registered"]


def test_a_key_is_revoked_once_and_the_registrars_never(mia: Member) -> None:
    key = active(mia)
    revoke_key(key=key, at=NOW)
    with pytest.raises(Refused) as caught:
        revoke_key(key=key, at=NOW)
    assert caught.value.codes == ("key_revoked",)
    registrar = SigningKey.objects.get(pk=registrar_signer().kid)
    with pytest.raises(Refused) as caught:
        revoke_key(key=registrar, at=NOW)
    assert caught.value.codes == ("not_an_organisations_key",)


def test_what_cannot_be_told_does_not_happen(mia: Member) -> None:
    def refuse(**_: Any) -> None:
        raise OSError("the ledger cannot write")

    registry_changed.connect(refuse)
    try:
        with pytest.raises(OSError, match="ledger"):
            revoke_key(key=active(mia), at=NOW)
    finally:
        registry_changed.disconnect(refuse)
    assert signer_for(mia.organisation.id)


def test_the_database_allows_one_active_key_each(mia: Member) -> None:
    for organisation_id, purpose in ((mia.organisation.id, "organisation"), (None, "registrar")):
        registrar_signer()
        with pytest.raises(IntegrityError), transaction.atomic():
            signing.make_key(purpose=purpose, organisation_id=organisation_id, at=NOW)


def test_the_facts_of_a_change_of_key(mia: Member, told: list[RegistryChange]) -> None:
    key = revoke_key(key=active(mia), at=NOW)
    assert registry_facts(told[0]) == (
        ("registry", "key"),
        ("organisation", mia.organisation.did),
        ("kid", key.kid),
        ("public_key", key.public_key),
        ("action", "revoked"),
        ("time", "2026-11-02T08:00:00.250Z"),
    )
    again = RegistryChange.objects.get(pk=told[0].pk)
    assert registry_facts(again) == registry_facts(told[0])


def test_a_sealed_key_opens_only_in_its_own_row_and_unchanged(mia: Member, dan: Member) -> None:
    key, other = active(mia), active(dan)
    sealed = key.sealed_private_key
    assert len(open_private_key(sealed, kid=key.kid)) == 32
    for kid, changed in (
        (other.kid, sealed),
        (key.kid, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (key.kid, b"\x02" + sealed[1:]),
    ):
        with pytest.raises(CannotUnseal):
            open_private_key(changed, kid=kid)


def test_the_private_key_is_nowhere_in_the_clear(mia: Member) -> None:
    key = active(mia)
    assert open_private_key(key.sealed_private_key, kid=key.kid) not in key.sealed_private_key


def test_sealing_twice_never_looks_the_same() -> None:
    assert seal_private_key(b"s" * 32, kid=b"k") != seal_private_key(b"s" * 32, kid=b"k")


@pytest.mark.parametrize("wrong", ["", "not base64!", "c2hvcnQ="])
def test_without_a_usable_key_encryption_key_nothing_signs(
    mia: Member, settings: Any, wrong: str
) -> None:
    settings.KEY_ENCRYPTION_KEY = wrong
    with pytest.raises(ImproperlyConfigured, match="32 bytes in base64"):
        signer_for(mia.organisation.id)


@pytest.mark.django_db(transaction=True)
def test_a_revocation_waits_for_what_is_being_signed(mia: Member) -> None:
    """So that no statement enters the log behind the revocation of its key."""
    order: list[str] = []

    def revoke() -> None:
        revoke_key(key=active(mia), at=NOW)
        order.append("revoked")
        connection.close()

    thread = threading.Thread(target=revoke)
    with transaction.atomic():
        signer_for(mia.organisation.id)
        thread.start()
        _until_somebody_waits()
        order.append("signed")
    thread.join(10)
    assert order == ["signed", "revoked"]


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_rotation_signs_with_the_new_key(mia: Member) -> None:
    signed: list[bytes] = []

    def sign() -> None:
        with transaction.atomic():
            signed.append(signer_for(mia.organisation.id).kid)
        connection.close()

    thread = threading.Thread(target=sign)
    with transaction.atomic():
        fresh = rotate_key(organisation=mia.organisation, at=NOW)
        thread.start()
        _until_somebody_waits()
    thread.join(10)
    assert signed == [fresh.kid]


@pytest.mark.django_db(transaction=True)
def test_the_registrars_key_is_made_once_however_many_ask() -> None:
    found: list[bytes] = []
    SigningKey.objects.filter(purpose="registrar").delete()

    def ask() -> None:
        found.append(registrar_signer().kid)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(found) == 8
    assert set(found) == {SigningKey.objects.get(purpose="registrar").kid}


def _until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return
    raise AssertionError("the revocation did not wait")
