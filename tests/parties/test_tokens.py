"""Machines come in by token: shown once, stored hashed, for its scopes, until it ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.parties.authentication import TokenAuthentication
from apps.parties.models import ApiToken
from apps.parties.permissions import HasScope, May
from apps.parties.selectors import token_of
from apps.parties.services import issue_token, revoke_token
from pharmatrace.kernel.refusal import Refused
from tests.cast import Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def issue(who: Member, *scopes: str) -> tuple[ApiToken, str]:
    return issue_token(
        membership=who.membership, name="Line 3", scopes=scopes or ["capture"],
        expires_at=LATER, at=NOW,
    )  # fmt: skip


def test_the_text_is_not_stored(mia: Member) -> None:
    token, text = issue(mia)
    prefix, secret = text.split("_", 2)[1:]
    stored = ApiToken.objects.values().get()
    assert stored["prefix"] == prefix
    assert secret not in repr(stored)
    assert secret not in str(token)
    assert len(stored["digest"]) == 32


def test_a_token_opens_in_one_query(mia: Member, django_assert_num_queries: Any) -> None:
    token, text = issue(mia)
    with django_assert_num_queries(1):
        found = token_of(text, at=NOW)
        assert found == token
        assert found.membership.organisation == mia.organisation
        assert found.membership.site == mia.site
        assert found.membership.user == mia.user


def test_a_token_that_is_not_right_opens_nothing(mia: Member, dan: Member) -> None:
    text, other = issue(mia)[1], issue(dan)[1]
    mixed = text[:16] + other[16:]
    for wrong in (mixed, text[:-1], text + "x", "", "pt", "pt__", "pt_abc_def", text.upper()):
        assert token_of(wrong, at=NOW) is None, wrong


def test_it_ends_when_it_expires_is_revoked_or_its_person_goes(mia: Member) -> None:
    token, text = issue(mia)
    assert token_of(text, at=LATER - timedelta(seconds=1))
    assert token_of(text, at=LATER) is None
    mia.user.is_active = False
    mia.user.save()
    assert token_of(text, at=NOW) is None
    mia.user.is_active = True
    mia.user.save()
    revoke_token(token=token, at=NOW)
    assert token_of(text, at=NOW) is None
    assert revoke_token(token=token, at=LATER).revoked_at == NOW


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scopes": []}, "token_scope"),
        ({"scopes": ["everything"]}, "token_scope"),
        ({"expires_at": NOW}, "token_expiry"),
        ({"name": ""}, "missing"),
    ],
)
def test_a_wrong_token_is_refused(mia: Member, changes: dict[str, Any], code: str) -> None:
    given: dict[str, Any] = {"name": "Line 3", "scopes": ["read"], "expires_at": LATER}
    with pytest.raises(Refused) as caught:
        issue_token(membership=mia.membership, **given | changes, at=NOW)
    assert caught.value.codes == (code,)


def asked(text: str | None) -> Request:
    headers = {} if text is None else {"Authorization": text}
    request = Request(
        APIRequestFactory().get("/", headers=headers), authenticators=[TokenAuthentication()]
    )
    return request


@pytest.fixture
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_request_acts_for_the_tokens_organisation(mia: Member, today: None) -> None:
    token, text = issue(mia)
    request = asked(f"Bearer {text}")
    assert (request.user, request.auth, request.membership) == (mia.user, token, mia.membership)
    assert HasScope("capture")().has_permission(request, None)
    assert not HasScope("read")().has_permission(request, None)
    assert May("custody.commission")().has_permission(request, None)
    assert not May("custody.dispense")().has_permission(request, None)


@pytest.mark.parametrize("text", ["Bearer", "Bearer pt_0123456789ab_x", "bearer nonsense"])
def test_a_bad_token_is_turned_away(text: str) -> None:
    with pytest.raises(AuthenticationFailed):
        _ = asked(text).user


@pytest.mark.parametrize("text", [None, "Basic abc"])
def test_without_a_bearer_others_may_try(text: str | None) -> None:
    request = asked(text)
    assert not request.user.is_authenticated
    assert not HasScope("read")().has_permission(request, None)


def test_a_scope_must_exist() -> None:
    with pytest.raises(ValueError, match="everything"):
        HasScope("everything")
