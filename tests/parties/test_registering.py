"""Organisations, sites and people enter the registry once, with right numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.parties.actor import actor_of
from apps.parties.models import (
    Distributor,
    Manufacturer,
    Membership,
    Organisation,
    Pharmacy,
    SigningKey,
    User,
)
from apps.parties.services import add_member, add_site, register_organisation
from pharmatrace.kernel.refusal import Refused
from tests.cast import PASSWORD, Member

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
RIGHT: dict[str, Any] = {
    "kind": "pharmacy",
    "name": " Max's Pharmacy ",
    "gln": "5604000000012",
    "country": "pt",
}


def test_an_organisation_has_a_key_from_the_start() -> None:
    organisation = register_organisation(**RIGHT, at=NOW)
    assert (organisation.name, organisation.country) == ("Max's Pharmacy", "PT")
    key = SigningKey.objects.get(purpose="organisation")
    assert key.organisation_id == organisation.id
    assert key.is_active


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "bakery"}, "organisation_kind", "kind"),
        ({"name": " "}, "missing", "name"),
        ({"gln": "5604000000013"}, "gln_check_digit", "gln"),
        ({"gln": "560400000001"}, "gln_length", "gln"),
        ({"country": "PRT"}, "country_code", "country"),
        ({"gs1_prefixes": ["56A"]}, "gs1_prefix", "gs1_prefixes"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        register_organisation(**RIGHT | changes, at=NOW)
    assert [(one.code, one.data["field"]) for one in caught.value.refusals] == [(code, field)]
    assert not Organisation.objects.exists()


def test_a_gln_belongs_to_one_organisation_and_one_site(mia: Member, dan: Member) -> None:
    with pytest.raises(Refused) as caught:
        register_organisation(**RIGHT | {"gln": mia.organisation.gln}, at=NOW)
    assert caught.value.codes == ("gln_taken",)
    with pytest.raises(Refused) as caught:
        add_site(
            organisation=mia.organisation, gln=dan.site.gln, name="Here", city="Faro",
            country="PT", at=NOW,
        )  # fmt: skip
    assert caught.value.codes == ("gln_taken",)


def test_proxies_see_and_make_their_own_kind(mia: Member, dan: Member) -> None:
    assert [one.pk for one in Manufacturer.objects.all()] == [mia.organisation.pk]
    assert [one.pk for one in Distributor.objects.all()] == [dan.organisation.pk]
    made = Pharmacy.objects.create(name="P", gln="5604000000012", country="PT", created_at=NOW)
    assert Organisation.objects.get(pk=made.pk).kind == "pharmacy"


def member_of(who: Member, **changes: Any) -> Membership:
    given: dict[str, Any] = {
        "email": "Max@Example.org",
        "name": "Max",
        "password": "a long password",
        "organisation": who.organisation,
        "role": "operator",
        "site": who.site,
    }
    return add_member(**given | changes, at=NOW)


def test_an_address_is_one_person_however_it_is_written(mia: Member) -> None:
    user = member_of(mia).user
    assert user.email == "max@example.org"
    assert User.objects.get_by_natural_key("MAX@example.ORG") == user
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="MAX@example.org", name="Other")


def test_someone_known_keeps_the_password(mia: Member, dan: Member) -> None:
    member_of(mia, email=dan.user.email, password="taken over", name="Not Dan")
    dan.user.refresh_from_db()
    assert dan.user.name == "Dan"
    assert dan.user.check_password(PASSWORD)


def test_without_a_password_nobody_signs_in(mia: Member) -> None:
    assert not member_of(mia, password=None).user.has_usable_password()


@pytest.mark.parametrize(
    ("changes", "code"), [({"role": "owner"}, "role"), ({"email": "max"}, "email")]
)
def test_a_wrong_member_is_refused(mia: Member, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        member_of(mia, **changes)
    assert caught.value.codes == (code,)


def test_one_works_at_a_site_of_ones_own_organisation_and_once(mia: Member, dan: Member) -> None:
    with pytest.raises(Refused) as caught:
        member_of(mia, site=dan.site)
    assert caught.value.codes == ("site_not_yours",)
    member_of(mia)
    with pytest.raises(Refused) as caught:
        member_of(mia)
    assert caught.value.codes == ("member_already",)


def test_an_actor_is_a_value(mia: Member, settings: Any) -> None:
    settings.SITE_URL = "http://localhost:8000"
    actor = actor_of(mia.membership)
    assert actor.did == f"did:web:localhost%3A8000:parties:{mia.organisation.id}"
    assert (actor.kind, actor.gln, actor.site_gln) == (
        "manufacturer",
        "5601000000011",
        "5601000000028",
    )
    assert actor == actor_of(Membership.objects.get(pk=mia.membership.pk))
    assert actor.may_operate
    mia.membership.role = "viewer"
    assert not actor_of(mia.membership).may_operate
