"""An administrator invites; one link lets one person in, once, for a week, as what the invitation says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from apps.parties.models import Deed, Invitation, Membership, User
from apps.parties.services import invite_person
from pharmatrace.kernel.refusal import Refused
from tests.accounts.links import NEW, WORDS, link_for, said
from tests.cast import PASSWORD, Member, Person

pytestmark = pytest.mark.django_db


def accept(client: Client, link: str, **fields: str) -> Any:
    return client.post(link, {"name": "Nora", "password": WORDS, "credential": ""} | fields)


def test_a_link_lets_a_new_person_in(mia: Member, client: Client) -> None:
    link = link_for(mia)
    page = client.get(link)
    assert "Join Mia Makes Medicines" in said(page)
    assert page["Cache-Control"].startswith("max-age=0")
    assert accept(client, link)["Location"] == "/"
    made = Membership.objects.get(user__email=NEW)
    assert (made.organisation, made.role, made.site) == (mia.organisation, "operator", mia.site)
    assert made.user.check_password(WORDS)
    assert "Welcome to Mia Makes Medicines" in said(client.get("/"))


def test_a_link_opens_once(mia: Member, client: Client) -> None:
    link = link_for(mia)
    accept(client, link)
    assert accept(client, link).status_code == 302  # a second press: in already
    other = Client()
    for answer in (other.get(link), accept(other, link, name="Eve")):
        assert answer.status_code == 410
        assert "used already" in said(answer)
    assert User.objects.filter(email=NEW).count() == 1
    assert User.objects.get(email=NEW).name == "Nora"


def test_a_link_ends_after_a_week(mia: Member, client: Client, clock: Any) -> None:
    link = link_for(mia)
    clock.shift(timedelta(days=7))
    assert "expired" in said(client.get(link))
    assert accept(client, link).status_code == 410
    assert not User.objects.filter(email=NEW).exists()


def test_a_withdrawn_link_opens_nothing(mia: Member, client: Client) -> None:
    link, row = link_for(mia), Invitation.objects.get()
    assert mia.client.post(f"/settings/people/invitations/{row.pk}/withdraw/").status_code == 302
    assert "withdrawn" in said(client.get(link))
    assert accept(client, link).status_code == 410


def test_inviting_again_makes_a_new_link_and_ends_the_old_one(mia: Member, client: Client) -> None:
    first, second = link_for(mia), link_for(mia, role="viewer")
    assert client.get(first).status_code == 410
    accept(client, second)
    assert Membership.objects.get(user__email=NEW).role == "viewer"


def test_only_a_digest_of_the_link_is_kept(mia: Member) -> None:
    secret = link_for(mia).split("/")[2]
    row = Invitation.objects.get()
    kept = " ".join(str(value) for value in vars(row).values())
    assert secret not in kept
    assert len(bytes(row.digest)) == 32


@pytest.mark.parametrize("wrong", ["x", "a" * 43, "%00", "%ed%a0%80", "%F0%9F%92%8A", "a" * 3000])
def test_a_made_up_link_is_nothing(wrong: str, client: Client) -> None:
    assert client.get(f"/join/{wrong}/").status_code == 410


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": ""}, "required"),
        ({"name": "N\x00"}, "Null"),
        ({"password": ""}, "Choose a password"),
        ({"password": "12345678"}, "common"),
        ({"credential": "[" * 5000}, "not the right one"),
        ({"credential": '{"id": "x"}'}, "not the right one"),
        ({"credential": '{"a": "\\ud800"}'}, "not the right one"),
        ({"credential": "NaN"}, "not the right one"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    mia: Member, client: Client, fields: dict[str, str], problem: str
) -> None:
    link = link_for(mia)
    client.get(link)
    answer = accept(client, link, **fields)
    assert answer.status_code == 422
    assert problem in said(answer)
    assert not User.objects.filter(email=NEW).exists()


def test_somebody_who_has_an_account_keeps_it(mia: Member, stan: Person, client: Client) -> None:
    link = link_for(mia, email=stan.user.email)
    assert accept(client, link, name="Eve", password=WORDS)["Location"].startswith("/login/?next=")
    stan.user.refresh_from_db()
    assert stan.user.check_password(PASSWORD)
    assert stan.user.name == "Stan"
    assert stan.client.post(link)["Location"] == "/"
    assert Membership.objects.get(user=stan.user).organisation == mia.organisation


def test_a_link_is_for_one_address(mia: Member, dan: Member, client: Client) -> None:
    link = link_for(mia)
    assert "somebody else" in said(dan.client.get(link))
    dan.client.post(link)
    assert not Membership.objects.filter(user=dan.user, organisation=mia.organisation).exists()


@pytest.mark.parametrize("role", ["operator", "viewer"])
def test_only_administrators_invite(mia: Member, role: str) -> None:
    Membership.objects.filter(pk=mia.membership.pk).update(role=role)
    data = {"email": NEW, "role": "admin", "site": mia.site.pk}
    assert mia.client.post("/settings/people/invite/", data).status_code == 403
    mia.membership.refresh_from_db()
    with pytest.raises(Refused) as refused:
        link_for(mia)
    assert refused.value.codes == ("not_admin",)


def test_nobody_invites_to_a_place_of_somebody_else(mia: Member, dan: Member) -> None:
    data = {"email": NEW, "role": "operator", "site": dan.site.pk}
    assert mia.client.post("/settings/people/invite/", data).status_code == 422
    with pytest.raises(Refused) as refused:
        invite_person(
            by=mia.membership, email=NEW, role="admin", site=dan.site, at=mia.site.created_at
        )
    assert refused.value.codes == ("site_not_yours",)


def test_without_mail_the_link_is_shown_once(mia: Member) -> None:
    data = {"email": NEW, "role": "viewer", "site": mia.site.pk}
    assert mia.client.post("/settings/people/invite/", data).status_code == 302
    assert "/join/" in said(mia.client.get("/settings/people/"))
    assert "/join/" not in said(mia.client.get("/settings/people/"))
    assert mail.outbox == []


def test_with_mail_only_the_invited_sees_the_link(mia: Member, settings: Any) -> None:
    settings.MAIL_IS_SENT = True
    data = {"email": NEW, "role": "viewer", "site": mia.site.pk}
    mia.client.post("/settings/people/invite/", data)
    (letter,) = mail.outbox
    assert letter.to == [NEW]
    assert "/join/" in letter.body
    assert "/join/" not in said(mia.client.get("/settings/people/"))


def test_all_of_it_is_written_down_without_the_link(mia: Member, client: Client) -> None:
    link = link_for(mia)
    accept(client, link)
    deeds = list(Deed.objects.filter(about__contains=NEW).order_by("id"))
    assert [one.action for one in deeds] == ["person_invited", "person_joined"]
    assert [one.via for one in deeds] == ["command", "web"]
    assert link.split("/")[2] not in " ".join(one.about for one in deeds)
