"""Signing in, one's own account and joining, in each language: nothing of the English page is left, and what is kept is English."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.parties.countries import NAMES, country_alone
from apps.parties.models import Deed, Invitation
from apps.parties.services import invite_organisation
from tests.accounts.codes import code, protect, secret_on
from tests.accounts.links import NEW, WORDS, confirm, link_for, link_for_pharmacy
from tests.cast import PASSWORD, Member, Person
from tests.language.said import said, tongue

pytestmark = pytest.mark.django_db
LANGUAGES = ("de", "fr", "es")
DATA = re.compile(r"Mia|Dan|Rosa|Nora|Stan|Examplin|Farmácia|Lisboa|INFARMED|example\.org|PharmaTrace|UTC$|^\W*$|^[\W\d]*$|GLN$|^[A-Z]{2}$|English|Deutsch|Français|Español")  # fmt: skip
SAME = {
    "de": {"Name", "Passkeys", "Passkey 1", "Organisation"},
    "fr": {"Pages", "Organisation", "Menu"},
}
ADDRESS = {"street": "Rua 1", "postal_code": "1100-001", "city": "Lisboa", "country": "PT"}
PHARMACY = ADDRESS | {
    "name": "Farmácia Nova", "gln": "9520000007775", "authority": "INFARMED", "number": "F-77",
}  # fmt: skip


def left(answers: dict[str, Any]) -> set[str]:
    """What a page says both in English and in the other language, and is no data."""
    pages = {language: answer.content.decode() for language, answer in answers.items()}
    assert all(f'<html lang="{language}"' in page for language, page in pages.items())
    shared = set.intersection(*(said(page, language) for language, page in pages.items()))
    allowed = {country_alone(code) for code in NAMES}  # many are the same in two languages
    allowed = allowed.union(*(SAME.get(language, set()) for language in pages))
    return {one for one in shared - allowed if not DATA.search(one)}


def opened(client: Client, address: str, language: str) -> set[str]:
    """Of a page that is opened."""
    return left({one: client.get(tongue(address, one)) for one in ("en", language)})


def sent(client: Client, address: str, fields: dict[str, str], language: str) -> set[str]:
    """Of a page that refuses what was sent."""
    return left({one: client.post(tongue(address, one), fields) for one in ("en", language)})


@pytest.mark.parametrize("language", LANGUAGES)
def test_strangers_find_no_english(
    language: str, mia: Member, rosa: Member, client: Client, settings: Any
) -> None:
    first = link_for_pharmacy(rosa)
    addresses = [
        "/login/", "/login/?next=/stock/", "/account/password/reset/", "/account/password/reset/done/",
        "/account/password/reset/key/0-0/", "/account/password/reset/key/done/", "/account/by-invitation/",
        "/account/closed/", "/no/such/page/", "/join/none/", link_for(mia), first,
    ]  # fmt: skip
    found = {one: opened(client, one, language) for one in addresses}
    client.post(first, PHARMACY)
    found["site"] = opened(client, first.replace("organisation", "site"), language)
    client.post(first.replace("organisation", "site"), PHARMACY)
    found["you"] = opened(client, first.replace("organisation", "you"), language)
    settings.MAIL_IS_SENT = True
    found["mail"] = opened(client, "/account/password/reset/", language)
    assert {address: one for address, one in found.items() if one} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nor_where_what_they_send_is_refused(
    language: str, mia: Member, rosa: Member, client: Client, settings: Any
) -> None:
    settings.MAIL_IS_SENT = True
    _row, secret = invite_organisation(
        by=rosa.membership, email=NEW, kind="manufacturer", at=timezone.now()
    )
    maker, join = f"/join/{secret}/organisation/", link_for(mia, email="nina@example.org")
    wrong = [
        ("/login/", {"username": "x", "password": ""}),
        ("/login/", {"username": mia.user.email, "password": "wrong"}),
        ("/account/password/reset/", {"email": "x"}),
        (join, {"name": "", "password": "", "credential": ""}),
        (join, {"name": "Nora", "password": "", "credential": ""}),
        (join, {"name": "Nora", "password": "12345678", "credential": ""}),
        (join, {"name": "Nora", "password": "", "credential": '{"id": "x"}'}),
        (maker, PHARMACY | {"gln": "9520000007779"}),
        (maker, PHARMACY | {"gln": "123", "name": "x" * 200, "country": "XX"}),
        (maker, PHARMACY | {"gln": rosa.organisation.gln, "gs1_prefix": "5601001"}),
        (maker, PHARMACY | {"gln": "letters", "gs1_prefix": "1"}),
    ]  # fmt: skip
    found = [
        (address, fields, sent(client, address, fields, language)) for address, fields in wrong
    ]
    assert [one for one in found if one[2]] == []
    for _ in range(6):
        client.post("/login/", {"username": mia.user.email, "password": "wrong"})
    assert (
        sent(client, "/login/", {"username": mia.user.email, "password": "wrong"}, language)
        == set()
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_asks_too_often_is_told_so(language: str, client: Client, settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    address, fields = "/account/password/reset/", {"email": NEW}
    for _ in range(5):
        client.post(address, fields)
    assert client.post(address, fields).status_code == 429
    assert sent(client, address, fields, language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["used", "withdrawn", "expired"])
def test_a_link_that_opens_nothing_says_why(
    language: str, state: str, mia: Member, client: Client, clock: Any
) -> None:
    link = link_for(mia)
    if state == "expired":
        clock.shift(timedelta(days=8))
    else:
        field = "accepted_at" if state == "used" else "revoked_at"
        Invitation.objects.update(**{field: timezone.now()})
    assert opened(client, link, language) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_has_an_account_joins_in_their_language(
    language: str, mia: Member, stan: Person, dan: Member, client: Client
) -> None:
    link = link_for(mia, email=stan.user.email)
    for somebody in (client, stan.client, dan.client):
        assert opened(somebody, link, language) == set()
    door = client.post(tongue(link, language))["Location"]
    page = client.get(door).content.decode()
    assert f'<html lang="{language}"' in page
    assert f"lang%3D{language}" in door  # and back


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_s_own_account_has_no_english(language: str, mia: Member) -> None:
    confirm(mia.client)
    addresses = [
        "/account/", "/account/password/change/", "/account/confirm/", "/account/2fa/totp/activate/",
        "/account/2fa/webauthn/", "/account/2fa/webauthn/add/",
    ]  # fmt: skip
    found = {one: opened(mia.client, one, language) for one in addresses}
    page = mia.client.get("/account/2fa/totp/activate/")
    mia.client.post("/account/2fa/totp/activate/", {"code": code(secret_on(page))})
    addresses = [
        "/account/", "/account/2fa/recovery-codes/", "/account/2fa/recovery-codes/generate/",
        "/account/2fa/totp/deactivate/", "/account/2fa/reauthenticate/", "/account/confirm/",
    ]  # fmt: skip
    found |= {f"{one} protected": opened(mia.client, one, language) for one in addresses}
    wrong = {"oldpassword": "x", "password1": "12345678", "password2": "other"}
    found["wrong"] = sent(mia.client, "/account/password/change/", wrong, language)
    assert {address: one for address, one in found.items() if one} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nor_has_the_second_factor(language: str, mia: Member, client: Client) -> None:
    protect(mia.user)
    door = client.post(
        tongue("/login/", language), {"username": mia.user.email, "password": PASSWORD}
    )["Location"]
    assert f"lang={language}" in door
    assert opened(client, door.split("?")[0], language) == set()
    for _ in range(2):
        refused = sent(client, door.split("?")[0], {"code": "000000"}, language)
        assert {one for one in refused if not re.fullmatch(r"[A-Z0-9]+", one)} == set()


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("de", "PharmaTrace: Ein neues Passwort", "der Link kann einmal benutzt werden"),
        ("fr", "PharmaTrace: Un nouveau mot de passe", "le lien ne sert qu’une fois"),
        ("es", "PharmaTrace: Una contraseña nueva", "el enlace solo se puede usar una vez"),
    ],
)
def test_the_letter_with_a_new_password_too(
    language: str, subject: str, words: str, mia: Member, client: Client, settings: Any
) -> None:
    settings.MAIL_IS_SENT = True
    asked = client.post(tongue("/account/password/reset/", language), {"email": mia.user.email})
    assert asked["Location"].endswith(f"lang={language}")
    (letter,) = mail.outbox
    assert letter.subject == subject
    assert words in letter.body


def test_what_is_kept_and_what_the_desk_shows_is_english(
    mia: Member, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    french = {"Accept-Language": "fr"}
    confirm(mia.client)
    page = mia.client.get("/account/2fa/totp/activate/", headers=french)
    fields = {"code": code(secret_on(page))}
    with django_capture_on_commit_callbacks(execute=True):
        mia.client.post("/account/2fa/totp/activate/", fields, headers=french)
    added = Deed.objects.filter(action="factor_added").order_by("id").first()
    assert added is not None
    assert added.about.startswith("TOTP Authenticator")
    new = {"name": "Nora", "password": WORDS, "credential": ""}
    client.post(link_for(mia), new, headers=french)
    assert "Welcome to Mia Makes Medicines" in client.get("/", headers=french).content.decode()
