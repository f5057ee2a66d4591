"""Which organisation a signed-in person acts for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client, RequestFactory

from apps.parties.middleware import CurrentMembership
from apps.parties.models import Membership
from apps.parties.services import add_member
from tests.cast import Member, Person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def current(client: Client) -> Membership | None:
    """What the middleware finds for a browser with the cookies of `client`."""
    return client.get("/parties/nothing/").wsgi_request.membership  # type: ignore[no-any-return]


def test_it_is_the_only_one(mia: Member) -> None:
    assert current(mia.client) == mia.membership


def test_a_stranger_has_none(stan: Person, client: Client) -> None:
    assert current(stan.client) is None
    assert current(client) is None


def test_it_can_be_chosen_among_ones_own(mia: Member, dan: Member) -> None:
    second = add_member(
        email=mia.user.email, name="", password=None, organisation=dan.organisation,
        role="viewer", site=dan.site, at=NOW,
    )  # fmt: skip
    assert current(mia.client) == mia.membership
    answer = mia.client.post("/membership/", {"membership": second.pk, "next": "//evil.example"})
    assert answer["Location"] == "/"
    assert current(mia.client) == second
    theirs = mia.client.post("/membership/", {"membership": dan.membership.pk})
    assert theirs.status_code == 404
    assert mia.client.post("/membership/", {"membership": "x"}).status_code == 404
    assert mia.client.get("/membership/").status_code == 405
    second.delete()
    assert current(mia.client) == mia.membership


def test_without_a_cookie_nothing_is_asked(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/log/checkpoint")
    request.session = SessionStore()
    with django_assert_num_queries(0):
        CurrentMembership(lambda request: HttpResponse())(request)
    assert not request.session.accessed
    assert request.membership is None  # type: ignore[attr-defined]
