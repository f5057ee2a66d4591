"""Administrative deeds are recorded with what they did, cannot be changed, and are read by whom they concern."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.parties import deeds
from apps.parties.models import Deed, Membership
from apps.parties.services import grant_licence, issue_token, rotate_key, suspend_licence
from pharmatrace.grants import grant
from tests.accounts.links import NOW, confirm, said
from tests.cast import Member

pytestmark = pytest.mark.django_db


def newest() -> Deed:
    found = Deed.objects.first()
    assert found is not None
    return found


def test_a_deed_says_who_did_what_for_whom_and_how(mia: Member) -> None:
    confirm(mia.client)
    key = str(mia.organisation.keys.get())
    mia.client.post("/settings/keys/rotate/", {"replaces": key})
    deed = newest()
    assert (deed.action, deed.via, deed.by, deed.by_organisation, deed.organisation, deed.at) == (
        "key_registered", "web", mia.user, mia.organisation, mia.organisation, NOW,
    )  # fmt: skip


def test_outside_a_request_it_was_a_command(mia: Member) -> None:
    rotate_key(organisation=mia.organisation, at=NOW)
    assert (newest().via, newest().by) == ("command", None)


def test_what_is_undone_leaves_no_deed(mia: Member) -> None:
    before = Deed.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        rotate_key(organisation=mia.organisation, at=NOW)
        raise ZeroDivisionError
    assert Deed.objects.count() == before


@pytest.mark.parametrize(
    "change",
    ["UPDATE parties_deed SET about = 'x'", "DELETE FROM parties_deed", "TRUNCATE parties_deed"],
)
def test_deeds_stay_as_they_are(mia: Member, change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(change)


def test_the_applications_role_may_not_even_try(mia: Member) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE deeds_tester NOLOGIN")
        assert "parties_deed" in grant(cursor, role="deeds_tester")
        cursor.execute(
            "SELECT has_table_privilege('deeds_tester', 'parties_deed', 'UPDATE, DELETE')"
        )
        assert cursor.fetchone()[0] is False


def test_no_secret_is_in_a_deed(mia: Member) -> None:
    _token, text = issue_token(
        membership=mia.membership,
        name="Line",
        scopes=["read"],
        expires_at=NOW + timedelta(days=1),
        at=NOW,
    )
    assert "Line" in newest().about
    assert text.split("_", 2)[2] not in newest().about


def test_administrators_read_their_own_and_the_authority_licences_and_keys(
    mia: Member, dan: Member, rosa: Member
) -> None:
    rotate_key(organisation=dan.organisation, at=NOW)
    licence = dan.organisation.licences.get()
    suspend_licence(licence=licence, at=NOW)
    issue_token(
        membership=dan.membership,
        name="Line",
        scopes=["read"],
        expires_at=NOW + timedelta(days=1),
        at=NOW,
    )
    mine = set(deeds.visible_to(dan.membership).values_list("action", flat=True))
    assert {"key_retired", "licence_suspended", "token_issued"} <= mine
    assert not deeds.visible_to(mia.membership).filter(organisation=dan.organisation).exists()
    seen = set(
        deeds.visible_to(rosa.membership)
        .filter(organisation=dan.organisation)
        .values_list("action", flat=True)
    )
    assert {"key_retired", "licence_suspended"} <= seen
    assert "token_issued" not in seen
    Membership.objects.filter(pk=dan.membership.pk).update(role="operator")
    dan.membership.refresh_from_db()
    assert not deeds.visible_to(dan.membership).exists()


def test_the_page_filters_and_goes_back_by_key(mia: Member) -> None:
    for number in range(60):
        grant_licence(
            organisation=mia.organisation, authority="A", number=f"N{number}", activity="manufacture",
            valid_from=NOW.date(), valid_until=None, at=NOW,
        )  # fmt: skip
    first = mia.client.get("/settings/record/?action=licence_granted")
    assert [one.about[:22] for one in first.context["deeds"]][:1] == ["manufacture licence N5"]
    assert len(first.context["deeds"]) == 50
    more = first.context["more"]
    with CaptureQueriesContext(connection) as few:
        second = mia.client.get(f"/settings/record/?action=licence_granted&before={more}")
    assert {one.pk for one in second.context["deeds"]}.isdisjoint(
        one.pk for one in first.context["deeds"]
    )
    assert len(few) <= 4
    assert "Signing key made" not in said(second).split("Show")[1]


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=-1", "before=99999999999999999999999", "before=%D9%A1", "until=9999-12-31",
     "until=0001-01-01", "until=2026-02-31", "person=%00", "action=nonsense", "person=" + "x" * 999],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_fault(mia: Member, query: str) -> None:
    assert mia.client.get(f"/settings/record/?{query}").status_code == 200


def test_staff_changes_in_the_admin_are_deeds_too(mia: Member, stan: Any) -> None:
    stan.user.is_staff = stan.user.is_superuser = True
    stan.user.save()
    other = Client()
    other.force_login(mia.user, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/admin/parties/user/{mia.user.pk}/change/"
    stan.client.post(page, {"email": mia.user.email, "name": "Mia", "is_staff": ""})
    assert (newest().action, newest().by) == ("staff_changed", stan.user)
    assert "is_active" in newest().about
    assert other.get("/stock/").status_code == 302
