"""A licence counts from its first day to its last, unless suspended or revoked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from apps.parties.models import Licence, RegistryChange
from apps.parties.selectors import (
    Party,
    Place,
    licensed,
    parties_by_gln,
    registry_facts,
    sites_by_gln,
)
from apps.parties.services import (
    grant_licence,
    reinstate_licence,
    revoke_licence,
    suspend_licence,
)
from pharmatrace.kernel.refusal import Refused
from tests.cast import Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
FIRST, LAST = date(2026, 3, 1), date(2026, 12, 31)


def grant(who: Member, **changes: Any) -> Licence:
    given: dict[str, Any] = {
        "authority": "Test Authority",
        "number": "W-7",
        "activity": "wholesale",
        "valid_from": FIRST,
        "valid_until": LAST,
    }
    return grant_licence(organisation=who.organisation, **given | changes, at=NOW)


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        (FIRST - timedelta(days=1), False),
        (FIRST, True),
        (LAST, True),
        (LAST + timedelta(days=1), False),
    ],
)
def test_the_first_and_the_last_day_count(rosa: Member, on: date, counts: bool) -> None:
    grant(rosa)
    assert licensed(rosa.organisation.id, "wholesale", on) is counts
    assert not licensed(rosa.organisation.id, "dispense", on)


def test_a_licence_may_have_no_end(rosa: Member) -> None:
    grant(rosa, valid_until=None)
    assert licensed(rosa.organisation.id, "wholesale", date(2099, 1, 1))


def test_suspended_reinstated_revoked(rosa: Member) -> None:
    licence = grant(rosa)
    today = NOW.date()
    steps = [(suspend_licence, False), (reinstate_licence, True), (revoke_licence, False)]
    for change, counts in steps:
        licence = change(licence=licence, at=NOW)
        assert licensed(rosa.organisation.id, "wholesale", today) is counts
    actions = RegistryChange.objects.filter(licence=licence).values_list("action", flat=True)
    assert list(actions) == ["granted", "suspended", "reinstated", "revoked"]


def test_changes_that_make_no_sense_are_refused(rosa: Member) -> None:
    licence = grant(rosa)
    refusals = []
    for change in (reinstate_licence, suspend_licence, suspend_licence, revoke_licence,
                   revoke_licence, suspend_licence, reinstate_licence):  # fmt: skip
        try:
            change(licence=licence, at=NOW)
        except Refused as refused:
            refusals.extend(refused.codes)
    assert refusals == [
        "licence_in_force", "licence_suspended", "licence_revoked", "licence_revoked",
        "licence_revoked",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"activity": "bake"}, "licence_activity"),
        ({"valid_until": FIRST - timedelta(days=1)}, "licence_dates"),
        ({"number": ""}, "missing"),
        ({"number": "Rosa-0"}, "licence_taken"),
    ],
)
def test_a_wrong_licence_is_refused(rosa: Member, changes: dict[str, Any], code: str) -> None:
    grant(rosa, number="Rosa-0")
    with pytest.raises(Refused) as caught:
        grant(rosa, **changes)
    assert caught.value.codes == (code,)
    assert Licence.objects.count() == 1


def test_many_are_asked_in_one_query(
    mia: Member, dan: Member, rosa: Member, django_assert_num_queries: Any
) -> None:
    grant(mia)
    glns = [one.organisation.gln for one in (mia, dan, rosa)]
    with django_assert_num_queries(1):
        parties = parties_by_gln(glns, on=NOW.date())
    assert {gln: party.activities for gln, party in parties.items()} == {
        glns[0]: frozenset({"manufacture", "wholesale"}),
        glns[1]: frozenset({"wholesale"}),
        glns[2]: frozenset(),
    }


def test_organisations_and_sites_are_found_by_gln_in_one_query_each(
    mia: Member, dan: Member, django_assert_num_queries: Any
) -> None:
    unknown = "5604000000012"
    with django_assert_num_queries(1):
        parties = parties_by_gln([mia.organisation.gln, unknown], on=NOW.date())
    assert parties == {
        mia.organisation.gln: Party(
            mia.organisation.id,
            "manufacturer",
            "Mia Makes Medicines",
            "5601000000011",
            frozenset({"manufacture"}),
        )
    }
    with django_assert_num_queries(1):
        places = sites_by_gln([dan.site.gln, unknown])
    assert places == {dan.site.gln: Place(dan.site.id, "8437000000020", dan.organisation.id, "ES")}


@pytest.mark.parametrize("last", [LAST, None])
def test_the_facts_of_a_change_of_licence(rosa: Member, last: date | None) -> None:
    licence = grant(rosa, valid_until=last)
    change = RegistryChange.objects.get(licence=licence)
    until = (("valid_until", "2026-12-31"),) if last else ()
    assert registry_facts(change) == (
        ("registry", "licence"),
        ("organisation", rosa.organisation.did),
        ("authority", "Test Authority"),
        ("number", "W-7"),
        ("activity", "wholesale"),
        ("valid_from", "2026-03-01"),
        *until,
        ("action", "granted"),
        ("time", "2026-11-02T08:00:00.000Z"),
    )


def test_an_unknown_organisation_is_licensed_for_nothing() -> None:
    assert not licensed(uuid4(), "wholesale", NOW.date())
