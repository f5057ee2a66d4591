"""People sign in by e-mail address; guessing passwords ends after five tries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory

from apps.parties.models import SignInAttempt
from apps.parties.signing_in import (
    MOST,
    MOST_FROM_ONE_VISITOR,
    WINDOW,
    SignInForm,
    take_attempt,
    visitor_of,
)
from tests.cast import PASSWORD, Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
Clock = Any


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def errors(email: str, password: str, *, visitor: str = "192.0.2.1") -> list[str | None]:
    request = RequestFactory().post("/login/", REMOTE_ADDR=visitor)
    form = SignInForm(request, data={"username": email, "password": password})
    return [error.code for error in form.non_field_errors().as_data()]


def test_the_right_password_opens_in_any_case_of_the_address(mia: Member) -> None:
    assert errors("MIA@Example.org", PASSWORD) == []
    assert not SignInAttempt.objects.exists()


def test_after_five_wrong_ones_even_the_right_one_waits(mia: Member, clock: Clock) -> None:
    for _ in range(MOST):
        assert errors(mia.user.email, "wrong") == ["invalid_login"]
    assert errors(mia.user.email, PASSWORD) == ["too_many_attempts"]
    clock.shift(WINDOW + timedelta(seconds=1))
    assert errors(mia.user.email, PASSWORD) == []


def test_knocking_on_does_not_lengthen_the_wait(mia: Member, clock: Clock) -> None:
    for _ in range(MOST):
        errors(mia.user.email, "wrong")
    clock.shift(WINDOW / 2)
    assert errors(mia.user.email, "wrong") == ["too_many_attempts"]
    clock.shift(WINDOW / 2 + timedelta(seconds=1))
    assert errors(mia.user.email, PASSWORD) == []


def test_nobody_locks_out_somebody_else(mia: Member, dan: Member) -> None:
    for _ in range(MOST + 1):
        errors(mia.user.email, "wrong", visitor="198.51.100.7")
    assert errors(mia.user.email, PASSWORD, visitor="192.0.2.1") == []
    assert errors(dan.user.email, PASSWORD, visitor="198.51.100.7") == []


def test_a_right_password_forgets_the_wrong_ones(mia: Member) -> None:
    for _ in range(2):
        for _ in range(MOST - 1):
            assert errors(mia.user.email, "wrong") == ["invalid_login"]
        assert errors(mia.user.email, PASSWORD) == []


def test_an_unknown_address_is_counted_and_answered_alike() -> None:
    for _ in range(MOST):
        assert errors("nobody@example.org", "wrong") == ["invalid_login"]
    assert errors("nobody@example.org", "wrong") == ["too_many_attempts"]


def test_one_password_tried_on_many_addresses_ends_too(mia: Member, clock: Clock) -> None:
    for number in range(MOST_FROM_ONE_VISITOR):
        assert errors(f"guess{number}@example.org", "Spring2026") == ["invalid_login"]
    assert errors(mia.user.email, PASSWORD) == ["too_many_attempts"]
    assert errors(mia.user.email, PASSWORD, visitor="198.51.100.7") == []
    clock.shift(WINDOW + timedelta(seconds=1))
    assert errors(mia.user.email, PASSWORD) == []


def test_a_busy_morning_behind_one_address_locks_nobody_out(mia: Member) -> None:
    for _ in range(MOST_FROM_ONE_VISITOR + 1):  # everybody of a large pharmacy signs in
        assert errors(mia.user.email, PASSWORD) == []


def test_visitors_without_an_address_do_not_share_one_limit(mia: Member) -> None:
    for number in range(MOST_FROM_ONE_VISITOR):
        errors(f"guess{number}@example.org", "Spring2026", visitor="")
    assert errors(mia.user.email, PASSWORD, visitor="") == []


def test_tries_at_the_same_moment_count_each_other() -> None:
    taken = [take_attempt(email="a@b.org", visitor=None, at=NOW) for _ in range(MOST + 3)]
    assert sum(one is not None for one in taken) == MOST


@pytest.mark.parametrize(
    ("hops", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (1, "", None),
        (1, "<script>", None),
        (1, "2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),  # a network of one customer is one visitor
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_only_our_own_proxies_are_believed(
    settings: Any, hops: int, forwarded: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXIES = hops
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert visitor_of(request) == expected


def test_signing_in_and_out_over_http(mia: Member, client: Client) -> None:
    answer = client.post("/login/", {"username": mia.user.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert "_auth_user_id" in client.session
    assert client.post("/logout/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_admin_has_no_door_of_its_own(mia: Member, client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=%2Fadmin%2F")
    data = {"username": mia.user.email, "password": PASSWORD}
    assert client.post("/admin/login/?next=/admin/", data).status_code == 302
    assert "_auth_user_id" not in client.session
    client.post("/login/?next=/admin/", data | {"next": "/admin/"})
    assert client.get("/admin/", follow=True).status_code == 403
    mia.user.is_staff = True
    mia.user.save()
    assert client.get("/admin/").status_code == 200
