"""Administrators look after people, sites, keys, tokens and webhooks of their own organisation, and of no other."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.parties.models import ApiToken, BrowserSession, Membership, SigningKey
from apps.parties.services import add_member, change_member, end_member, issue_token
from pharmatrace.kernel.refusal import Refused
from tests.accounts.links import NOW, confirm, link_for, said
from tests.cast import PASSWORD, Member

pytestmark = pytest.mark.django_db


def colleague(of: Member, *, role: str = "operator", email: str = "otto@example.org") -> Membership:
    return add_member(
        email=email, name="Otto", password=PASSWORD, organisation=of.organisation, role=role,
        site=of.site, at=NOW,
    )  # fmt: skip


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


ADMIN_PAGES = [
    "", "people/", "people/invite/", "organisation/", "organisation/licence/", "sites/", "sites/new/",
    "tokens/", "tokens/new/", "keys/", "webhooks/", "partners/", "record/",
]  # fmt: skip


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_administrators_open_it_and_others_do_not(mia: Member, stan: Any, page: str) -> None:
    assert mia.client.get(f"/settings/{page}").status_code == 200
    for role in ("operator", "viewer"):
        other = signed_in(colleague(mia, role=role, email=f"{role}@example.org"))
        assert other.get(f"/settings/{page}").status_code == 403
    assert stan.client.get(f"/settings/{page}").status_code == 403
    assert Client().get(f"/settings/{page}")["Location"].startswith("/login/")


def test_the_platform_is_for_the_authority_and_staff(mia: Member, rosa: Member, stan: Any) -> None:
    for page in ("platform/", "organisations/"):
        assert rosa.client.get(f"/settings/{page}").status_code == 200
        assert mia.client.get(f"/settings/{page}").status_code == 403
        assert stan.client.get(f"/settings/{page}").status_code == 403
        assert Client().get(f"/settings/{page}").status_code == 302


def test_a_role_is_changed_and_counts_at_once(mia: Member) -> None:
    otto = colleague(mia)
    client = signed_in(otto)
    data = {"role": "viewer", "site": mia.site.pk}
    assert mia.client.post(f"/settings/people/{otto.pk}/", data).status_code == 302
    assert client.get("/pack/").status_code == 403


def test_whoever_works_here_no_more_is_out_at_once(mia: Member) -> None:
    otto = colleague(mia)
    client = signed_in(otto)
    token, text = issue_token(
        membership=otto, name="Line", scopes=["read"], expires_at=NOW + timedelta(days=9), at=NOW
    )
    assert client.get("/stock/").status_code == 200
    mia.client.post(f"/settings/people/{otto.pk}/end/")
    assert client.get("/stock/").status_code == 403
    bearer = {"Authorization": f"Bearer {text}"}
    assert Client().get("/epcis/queries", headers=bearer).status_code == 401
    mia.client.post(f"/settings/people/{otto.pk}/back/")
    assert client.get("/stock/").status_code == 200
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_who_comes_back_by_an_invitation_is_the_same_member(mia: Member) -> None:
    otto = colleague(mia)
    mia.client.post(f"/settings/people/{otto.pk}/end/")
    client = signed_in(otto)
    client.post(link_for(mia, email="otto@example.org", role="viewer"))
    otto.refresh_from_db()
    assert (otto.role, otto.ended_at) == ("viewer", None)


def test_the_last_administrator_stays(mia: Member) -> None:
    for address, data in (
        (f"/settings/people/{mia.membership.pk}/end/", {}),
        (f"/settings/people/{mia.membership.pk}/", {"role": "viewer", "site": mia.site.pk}),
    ):
        mia.client.post(address, data)
        mia.membership.refresh_from_db()
        assert (mia.membership.role, mia.membership.ended_at) == ("admin", None)


def test_of_two_administrators_one_may_go(mia: Member) -> None:
    otto = colleague(mia, role="admin")
    end_member(member=mia.membership, by=otto, at=NOW)
    with pytest.raises(Refused) as refused:  # and the one who went removes nobody
        end_member(member=otto, by=mia.membership, at=NOW)
    assert refused.value.codes == ("not_yours",)


def test_a_closed_account_is_no_administrator_to_rely_on(mia: Member) -> None:
    otto = colleague(mia, role="admin")
    otto.user.is_active = False
    otto.user.save()
    with pytest.raises(Refused) as refused:
        end_member(member=mia.membership, by=mia.membership, at=NOW)
    assert refused.value.codes == ("last_admin",)


@pytest.mark.parametrize("verb", ["", "end/", "back/"])
def test_nobody_touches_people_of_others(mia: Member, dan: Member, verb: str) -> None:
    data = {"role": "viewer", "site": mia.site.pk}
    answer = mia.client.post(f"/settings/people/{dan.membership.pk}/{verb}", data)
    assert answer.status_code == 404
    with pytest.raises(Refused):
        change_member(
            member=dan.membership, by=mia.membership, role="viewer", site=dan.site, at=NOW
        )
    dan.membership.refresh_from_db()
    assert (dan.membership.role, dan.membership.ended_at) == ("admin", None)


def test_an_operator_cannot_make_themselves_administrator(mia: Member) -> None:
    otto = colleague(mia)
    data = {"role": "admin", "site": mia.site.pk}
    assert signed_in(otto).post(f"/settings/people/{otto.pk}/", data).status_code == 403
    with pytest.raises(Refused):
        change_member(member=otto, by=otto, role="admin", site=mia.site, at=NOW)


def test_own_sign_ins_are_seen_and_ended(mia: Member) -> None:
    other = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU) Version/17 Safari/604"})
    other.post("/login/", {"username": mia.user.email, "password": PASSWORD})
    page = mia.client.get("/account/")
    assert "Safari · iPhone" in said(page)
    keys = {one.session_key for one in BrowserSession.objects.filter(user=mia.user)}
    assert not any(key in page.content.decode() for key in keys)
    name = next(one.name for one in page.context["sign_ins"] if not one.is_this)
    mia.client.post(f"/account/sign-ins/{name}/end/")
    assert other.get("/stock/").status_code == 302
    assert mia.client.get("/stock/").status_code == 200


def test_an_administrator_ends_those_of_their_people_only(mia: Member, dan: Member) -> None:
    otto = colleague(mia)
    client = signed_in(otto)
    page = mia.client.get(f"/settings/people/{otto.pk}/")
    name = page.context["sign_ins"][0].name
    assert dan.client.post(f"/settings/people/{otto.pk}/sign-ins/{name}/end/").status_code == 404
    assert client.get("/stock/").status_code == 200
    mia.client.post(f"/settings/people/{otto.pk}/sign-ins/{name}/end/")
    assert client.get("/stock/").status_code == 302


def test_who_works_here_no_more_is_not_watched_and_not_signed_out(mia: Member) -> None:
    """An account is a person's: where they sign in for somebody else is nobody's business here."""
    otto = colleague(mia)
    client = signed_in(otto)
    name = mia.client.get(f"/settings/people/{otto.pk}/").context["sign_ins"][0].name
    mia.client.post(f"/settings/people/{otto.pk}/end/")
    assert mia.client.get(f"/settings/people/{otto.pk}/").context["sign_ins"] == []
    mia.client.post(f"/settings/people/{otto.pk}/sign-ins/{name}/end/")
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("leaves", ["ended", "demoted"])
def test_links_end_with_the_rights_of_who_made_them(mia: Member, leaves: str) -> None:
    """Else an administrator who must go comes back by a link made the day before."""
    otto = colleague(mia, role="admin")
    mine = link_for(mia, email="friend@example.org")
    theirs = link_for(Member(otto.user, mia.organisation, mia.site, otto), email="back@example.org")
    if leaves == "ended":
        end_member(member=otto, by=mia.membership, at=NOW)
    else:
        change_member(member=otto, by=mia.membership, role="viewer", site=mia.site, at=NOW)
    assert Client().get(theirs).status_code == 410
    assert Client().get(mine).status_code == 200


def test_a_new_password_ends_all_other_sign_ins(mia: Member) -> None:
    other = signed_in(mia.membership)
    data = {"oldpassword": PASSWORD, "password1": "battery horse staple"}
    assert (
        mia.client.post(
            "/account/password/change/", data | {"password2": data["password1"]}
        ).status_code
        == 302
    )
    assert other.get("/stock/").status_code == 302
    assert mia.client.get("/stock/").status_code == 200


def test_a_token_is_made_once_and_shown_once(mia: Member) -> None:
    confirm(mia.client)
    data = {"id": str(uuid.uuid4()), "name": "Line 3", "scopes": ["read"], "days": "90"}
    for _ in range(2):
        assert mia.client.post("/settings/tokens/new/", data).status_code == 302
    assert ApiToken.objects.count() == 1
    shown = mia.client.get("/settings/tokens/").context["secret"]
    assert mia.client.get("/settings/tokens/").context["secret"] is None
    bearer = {"Authorization": f"Bearer {shown}"}
    assert Client().get("/epcis/queries", headers=bearer).status_code == 200
    token = ApiToken.objects.get()
    assert token.last_used_at == NOW
    mia.client.post(f"/settings/tokens/{token.pk}/revoke/")
    assert Client().get("/epcis/queries", headers=bearer).status_code == 401


def test_a_secret_that_waits_to_be_shown_is_sealed(mia: Member) -> None:
    confirm(mia.client)
    data = {"id": str(uuid.uuid4()), "name": "Line 3", "scopes": ["read"], "days": "90"}
    mia.client.post("/settings/tokens/new/", data)
    prefix = ApiToken.objects.get().prefix
    assert f"pt_{prefix}_" not in str(dict(mia.client.session))


def test_a_token_of_others_is_not_revoked(mia: Member, dan: Member) -> None:
    token, _text = issue_token(
        membership=dan.membership,
        name="x",
        scopes=["read"],
        expires_at=NOW + timedelta(days=1),
        at=NOW,
    )
    assert mia.client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404


def test_a_key_is_replaced_once_however_often_the_button_is_pressed(mia: Member) -> None:
    old = SigningKey.objects.get(organisation=mia.organisation)
    data = {"replaces": str(old)}
    assert mia.client.post("/settings/keys/rotate/", data)["Location"].startswith(
        "/account/confirm/"
    )
    confirm(mia.client)
    for _ in range(2):
        mia.client.post("/settings/keys/rotate/", data)
    assert SigningKey.objects.filter(organisation=mia.organisation).count() == 2


def test_a_stolen_key_is_reported_by_its_owner_only(mia: Member, dan: Member) -> None:
    key = SigningKey.objects.get(organisation=mia.organisation)
    for who in (mia, dan):
        confirm(who.client)
    data = {"since": "2026-11-01T08:00"}
    assert dan.client.post(f"/settings/keys/{key}/stolen/", data).status_code == 404
    assert (
        mia.client.post(f"/settings/keys/{key}/stolen/", {"since": "2030-01-01T00:00"}).status_code
        == 422
    )
    assert mia.client.post(f"/settings/keys/{key}/stolen/", data).status_code == 302
    key.refresh_from_db()
    assert key.stolen_since is not None


def test_a_site_is_added_and_renamed(mia: Member, dan: Member) -> None:
    data = {"name": "Second line", "gln": "9520000007775", "country": "PT", "city": "Braga"}
    assert mia.client.post("/settings/sites/new/", data).status_code == 302
    site = mia.organisation.sites.get(name="Second line")
    mia.client.post(f"/settings/sites/{site.pk}/", data | {"name": "Line 2"})
    site.refresh_from_db()
    assert site.name == "Line 2"
    assert dan.client.post(f"/settings/sites/{site.pk}/", data).status_code == 404
