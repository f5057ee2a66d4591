"""Sign-ins and invitations that are over leave nothing behind that somebody would have to clear away by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.parties import tasks
from apps.parties.forgetting import REMEMBERED, forget_invitations, forget_sessions, sweep
from apps.parties.models import BrowserSession, Deed, Invitation, SignInAttempt
from apps.parties.services import invite_organisation, invite_person, revoke_invitation
from pharmatrace.celery import app
from tests.accounts.links import NEW, link_for, said
from tests.accounts.test_invitations import accept
from tests.cast import Member

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def invited(mia: Member, email: str = NEW) -> Invitation:
    row, _secret = invite_person(
        by=mia.membership, email=email, role="viewer", site=mia.site, at=timezone.now()
    )
    return row


def test_sessions_that_ended_go_and_others_stay(mia: Member, dan: Member) -> None:
    ends = {}
    for who in (mia, dan):
        session = who.client.session
        ends[who.user.pk] = session.get_expiry_date()
        session.save()
    ended = BrowserSession.objects.get(user=dan.user)
    ended.expire_date = timezone.now() - timedelta(seconds=1)
    ended.save()
    assert forget_sessions(at=timezone.now()) == 1
    assert list(BrowserSession.objects.values_list("user", flat=True)) == [mia.user.pk]
    assert mia.client.get("/settings/").status_code == 200
    assert forget_sessions(at=max(ends.values()) + timedelta(seconds=1)) == 1
    assert mia.client.get("/settings/").status_code == 302


def test_what_was_filled_in_goes_when_the_link_ends(rosa: Member, clock: Any) -> None:
    row, _ = invite_organisation(by=rosa.membership, email=NEW, kind="pharmacy", at=timezone.now())
    row.draft = {"organisation": {"name": "Nova", "street": "Rua 1"}}
    row.save()
    sweep(at=timezone.now())
    row.refresh_from_db()
    assert row.draft, "it may still be used"
    sweep(at=timezone.now() + WEEK)
    row.refresh_from_db()
    assert row.draft == {}


@pytest.mark.parametrize("withdrawn", [False, True])
def test_an_unused_invitation_is_listed_for_a_while_and_then_gone(
    mia: Member, withdrawn: bool
) -> None:
    row, now = invited(mia), timezone.now()
    over = now + WEEK
    if withdrawn:
        revoke_invitation(invitation=row, at=now)
        over = now
    deeds = Deed.objects.count()
    assert forget_invitations(at=over + REMEMBERED - timedelta(seconds=1)) == 0
    assert forget_invitations(at=over + REMEMBERED) == 1
    assert not Invitation.objects.exists()
    assert Deed.objects.count() == deeds, "that it was done stays known"


def test_who_joined_by_which_invitation_stays_known(
    mia: Member, client: Client, clock: Any
) -> None:
    link = link_for(mia)
    accept(client, link)
    assert forget_invitations(at=timezone.now() + WEEK + REMEMBERED) == 0
    assert Invitation.objects.get().accepted_by is not None
    assert "used already" in said(Client().get(link))


def test_a_link_that_is_forgotten_opens_nothing(mia: Member, client: Client, clock: Any) -> None:
    link = link_for(mia)
    clock.shift(WEEK + REMEMBERED)
    sweep(at=timezone.now())
    assert client.get(link).status_code in (404, 410)
    assert "no such invitation" in said(client.get(link))


def test_tries_to_sign_in_go_even_if_nobody_tries_again() -> None:
    now = timezone.now()
    for minutes in (16, 14):
        SignInAttempt.objects.create(
            email=NEW, address="192.0.2.1", tried_at=now - timedelta(minutes=minutes)
        )
    sweep(at=now)
    assert SignInAttempt.objects.get().tried_at == now - timedelta(minutes=14)


def test_the_doorbell_rings_every_hour(mia: Member) -> None:
    scheduled = app.conf.beat_schedule["parties.sweep"]
    assert (scheduled["task"], scheduled["schedule"]) == ("parties.sweep", 3600.0)
    invited(mia)
    long_ago: datetime = timezone.now() - WEEK - REMEMBERED
    Invitation.objects.update(expires_at=long_ago)
    tasks.sweep()
    assert not Invitation.objects.exists()
