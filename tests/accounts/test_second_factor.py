"""A second factor is asked for where somebody has one, and required where the organisation says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from apps.parties.models import Invitation, Organisation
from apps.parties.services import issue_token, set_second_factor_rule
from pharmatrace.kernel.refusal import Refused
from tests.accounts.codes import code, protect, secret_on
from tests.accounts.links import NOW, confirm, said
from tests.cast import PASSWORD, Member

pytestmark = pytest.mark.django_db
CODE = "/account/2fa/authenticate/"


def sign_in(client: Client, who: Member, **more: str) -> Any:
    return client.post("/login/", {"username": who.user.email, "password": PASSWORD} | more)


def require(who: Member, rule: str) -> None:
    set_second_factor_rule(by=who.membership, rule=rule, at=NOW)


def test_whoever_has_none_signs_in_by_password(mia: Member, client: Client) -> None:
    assert sign_in(client, mia)["Location"] == "/"
    assert "_auth_user_id" in client.session


def test_whoever_has_an_app_is_asked_for_its_code(mia: Member, client: Client) -> None:
    secret = protect(mia.user)
    assert sign_in(client, mia, next="/stock/")["Location"].startswith(CODE)
    assert "_auth_user_id" not in client.session
    assert client.get("/stock/").status_code == 302
    answer = client.post(CODE, {"code": code(secret)})
    assert answer["Location"] == "/stock/"
    assert client.get("/stock/").status_code == 200


def test_a_code_opens_once(mia: Member, client: Client) -> None:
    secret, other = protect(mia.user), Client()
    for one in (client, other):
        sign_in(one, mia)
    assert client.post(CODE, {"code": code(secret)}).status_code == 302
    answer = other.post(CODE, {"code": code(secret)})
    assert "_auth_user_id" not in other.session
    assert "not the right one" in said(answer)


def test_guessing_codes_ends(mia: Member, client: Client) -> None:
    secret = protect(mia.user)
    sign_in(client, mia)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert "Too many" in said(client.post(CODE, {"code": code(secret)}))


@pytest.mark.parametrize("wrong", ["", "\x00", "x" * 9_999, "\N{ARABIC-INDIC DIGIT ONE}" * 6])
def test_a_code_that_is_none_is_a_wrong_code(mia: Member, client: Client, wrong: str) -> None:
    protect(mia.user)
    sign_in(client, mia)
    assert client.post(CODE, {"code": wrong}).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "credential",
    ["", "{}", "[]", "[" * 5000, '{"id": 1, "response": {}}', '{"rawId": null}', '{"x": "\\u0000"}',
     '{"type":"public-key","id":"AA","rawId":"AA","response":{"clientDataJSON":"AA",'
     '"authenticatorData":"AA","signature":"AA","userHandle":"AA"},"clientExtensionResults":{}}'],
)  # fmt: skip
def test_a_credential_that_is_none_opens_nothing(client: Client, credential: str) -> None:
    client.get("/account/2fa/webauthn/login/", headers={"Accept": "application/json"})
    answer = client.post("/account/2fa/webauthn/login/", {"credential": credential})
    assert answer.status_code in (200, 302)
    assert "_auth_user_id" not in client.session


def test_setting_up_an_app_asks_once_more_who_it_is_and_gives_recovery_codes(mia: Member) -> None:
    page = mia.client.get("/account/2fa/totp/activate/")
    assert page["Location"].startswith("/account/confirm/")
    confirm(mia.client)
    page = mia.client.get("/account/2fa/totp/activate/")
    answer = mia.client.post("/account/2fa/totp/activate/", {"code": code(secret_on(page))})
    codes = said(mia.client.get(answer["Location"]))
    assert "Each opens your account once" in codes
    assert Authenticator.objects.filter(user=mia.user).count() == 2


def test_secrets_of_factors_are_sealed(mia: Member) -> None:
    secret = protect(mia.user)
    assert secret not in str(Authenticator.objects.get().data)


def test_where_the_organisation_asks_nothing_opens_without(mia: Member) -> None:
    require(mia, "everybody")
    for address in ("/", "/stock/", "/settings/people/", "/products/new/"):
        assert mia.client.get(address)["Location"] == "/account/second-factor/"
    assert mia.client.post("/products/new/", {})["Location"] == "/account/second-factor/"
    assert "asks for a second factor" in said(mia.client.get("/account/second-factor/"))
    answer = mia.client.get("/epcis/queries")
    assert answer.status_code == 403
    assert answer.json()["code"] == "second_factor"


def test_the_way_to_one_stays_open_and_then_everything_is(mia: Member) -> None:
    require(mia, "everybody")
    confirm(mia.client)
    assert mia.client.get("/account/2fa/totp/activate/").status_code == 200
    protect(mia.user)
    assert mia.client.get("/stock/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(mia: Member) -> None:
    require(mia, "everybody")
    Authenticator.objects.create(user=mia.user, type="recovery_codes", data={})
    assert mia.client.get("/stock/")["Location"] == "/account/second-factor/"


def test_only_administrators_where_only_they_are_asked(mia: Member) -> None:
    require(mia, "admins")
    assert mia.client.get("/stock/").status_code == 302
    mia.membership.role = "operator"
    mia.membership.save()
    assert mia.client.get("/stock/").status_code == 200


def test_nobody_removes_the_last_one_where_it_is_asked_for(mia: Member) -> None:
    require(mia, "everybody")
    protect(mia.user)
    confirm(mia.client)
    page = mia.client.get("/account/2fa/totp/deactivate/")
    assert "Add another first" in said(page)
    mia.client.post("/account/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=mia.user).exists()


def test_machines_with_a_token_go_on(mia: Member) -> None:
    require(mia, "everybody")
    _row, text = issue_token(
        membership=mia.membership, name="Line", scopes=["read"], expires_at=NOW + timedelta(days=1),
        at=NOW,
    )  # fmt: skip
    bearer = {"Authorization": f"Bearer {text}"}
    assert Client().get("/epcis/queries", headers=bearer).status_code == 200


def test_the_rule_is_the_administrators_to_set_and_needs_a_confirmation(mia: Member) -> None:
    data = {"rule": "everybody"}
    assert mia.client.post("/settings/people/rule/", data)["Location"].startswith(
        "/account/confirm"
    )
    mia.organisation.refresh_from_db()
    assert mia.organisation.second_factor == "nobody"
    confirm(mia.client)
    mia.client.post("/settings/people/rule/", data)
    assert Organisation.objects.get(pk=mia.organisation.pk).second_factor == "everybody"
    mia.membership.role = "operator"
    with pytest.raises(Refused):
        require(mia, "nobody")


@pytest.mark.parametrize("address", ["/settings/people/invite/", "/settings/people/{}/"])
def test_making_an_administrator_needs_a_confirmation(mia: Member, address: str) -> None:
    address = address.format(mia.membership.pk)
    data = {"email": "nora@example.org", "role": "admin", "site": mia.membership.site_id}
    asked = mia.client.post(address, data)["Location"]
    assert asked.startswith("/account/confirm")
    assert not Invitation.objects.exists()
    assert mia.client.post(address, data | {"role": "operator"}).status_code in (302, 422)
    assert mia.client.get(address).status_code == 200


def test_a_confirmation_goes_on_with_what_was_sent(mia: Member) -> None:
    asked = mia.client.post("/settings/people/rule/", {"rule": "admins"})["Location"]
    wrong = mia.client.post(asked, {"password": "wrong", "next": "/settings/people/rule/"})
    assert "not your password" in said(wrong)
    answer = mia.client.post(asked, {"password": PASSWORD, "next": "/settings/people/rule/"})
    assert answer["Location"].startswith("/settings/people/")
    assert Organisation.objects.get(pk=mia.organisation.pk).second_factor == "admins"


def test_the_registry_opens_to_staff_with_one(stan: Any, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    stan.user.is_staff = True
    stan.user.save()
    assert stan.client.get("/admin/")["Location"] == "/account/second-factor/"
    assert stan.client.get("/account/second-factor/").status_code == 200
    protect(stan.user)
    assert stan.client.get("/admin/").status_code == 200


def test_the_rule_of_one_organisation_is_not_that_of_another(mia: Member, dan: Member) -> None:
    require(mia, "everybody")
    assert dan.client.get("/stock/").status_code == 200
