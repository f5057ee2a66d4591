"""The cast: Mia makes, Dan distributes, Petra is the pharmacist, Rosa regulates, Stan is a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

import pytest
from django.test import Client

from apps.parties.actor import Actor, actor_of
from apps.parties.models import Membership, Organisation, Site, User
from apps.parties.services import add_member, add_site, grant_licence, register_organisation

LONG_AGO = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@dataclass
class Person:
    """Somebody who signs in; `client` is their browser, signed in."""

    user: User

    @cached_property
    def client(self) -> Client:
        client = Client()
        client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        return client


@dataclass
class Member(Person):
    """Somebody with an organisation, at one of its sites."""

    organisation: Organisation
    site: Site
    membership: Membership

    @property
    def actor(self) -> Actor:
        return actor_of(self.membership)


def member(
    *,
    name: str,
    kind: str,
    company: str,
    gln: str,
    site_gln: str,
    city: str,
    country: str,
    activity: str | None,
    role: str = "admin",
    prefix: str = "",
) -> Member:
    organisation = register_organisation(
        kind=kind, name=company, gln=gln, country=country, at=LONG_AGO,
        gs1_prefixes=(prefix,) if prefix else (),
    )  # fmt: skip
    site = add_site(
        organisation=organisation, gln=site_gln, name=f"{company} {city}", city=city,
        country=country, at=LONG_AGO,
    )  # fmt: skip
    if activity:
        grant_licence(
            organisation=organisation, authority="Test Authority", number=f"{name}-1",
            activity=activity, valid_from=date(2025, 1, 1), valid_until=date(2035, 12, 31),
            at=LONG_AGO,
        )  # fmt: skip
    membership = add_member(
        email=f"{name.lower()}@example.org", name=name, password=PASSWORD,
        organisation=organisation, role=role, site=site, at=LONG_AGO,
    )  # fmt: skip
    return Member(membership.user, organisation, site, membership)


@pytest.fixture
def mia(db: None) -> Member:
    return member(
        name="Mia", kind="manufacturer", company="Mia Makes Medicines", gln="5601000000011",
        site_gln="5601000000028", city="Porto", country="PT", activity="manufacture",
        prefix="560100",
    )  # fmt: skip


@pytest.fixture
def dan(db: None) -> Member:
    return member(
        name="Dan", kind="distributor", company="Dan Distributes", gln="8437000000013",
        site_gln="8437000000020", city="Vigo", country="ES", activity="wholesale",
    )  # fmt: skip


@pytest.fixture
def petra(db: None) -> Member:
    return member(
        name="Petra", kind="pharmacy", company="Petra's Pharmacy", gln="5602000000018",
        site_gln="5602000000025", city="Lisboa", country="PT", activity="dispense",
    )  # fmt: skip


@pytest.fixture
def rosa(db: None) -> Member:
    return member(
        name="Rosa", kind="regulator", company="Rosa Regulates", gln="5603000000015",
        site_gln="5603000000022", city="Lisboa", country="PT", activity=None,
    )  # fmt: skip


@pytest.fixture
def stan(db: None) -> Person:
    """Signs in, and belongs nowhere."""
    return Person(User.objects.create_user("stan@example.org", "Stan", PASSWORD))
