"""The cast: Mia makes, Dan distributes, Petra is the pharmacist, Rosa regulates, Stan is a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from apps.parties.actor import Actor, actor_of
from apps.parties.models import Membership, Organisation, Site, User
from apps.parties.services import add_member, add_site, grant_licence, register_organisation
from pharmatrace.kernel.gs1.check_digit import check_digit

BEFORE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


def gln(number: int) -> str:
    body = f"95212340{number:04d}"
    return body + check_digit(body)


@dataclass
class Person:
    """Somebody of the cast at their desk; `client` is signed in as them."""

    organisation: Organisation
    site: Site
    membership: Membership

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def actor(self) -> Actor:
        return actor_of(self.membership)

    @property
    def client(self) -> Client:
        client = Client()
        client.force_login(self.user)
        return client


def person(number: int, name: str, kind: str, country: str, activity: str | None) -> Person:
    organisation = register_organisation(
        kind=kind, name=f"{name}'s {kind}", gln=gln(number), country=country, at=BEFORE,
        gs1_prefixes=["9521234"] if kind == "manufacturer" else [],
    )  # fmt: skip
    site = add_site(
        organisation=organisation, gln=gln(number + 1), name=f"{name}'s place", city="Town",
        country=country, at=BEFORE,
    )  # fmt: skip
    if activity is not None:
        grant_licence(
            organisation=organisation, authority="Example Authority", number=f"L-{number}",
            activity=activity, valid_from=date(2026, 1, 1), valid_until=None, at=BEFORE,
        )  # fmt: skip
    membership = add_member(
        email=f"{name.lower()}@test.example", name=name, password=PASSWORD,
        organisation=organisation, role="admin", site=site, at=BEFORE,
    )  # fmt: skip
    return Person(organisation, site, membership)


@pytest.fixture
def mia(db: None) -> Person:
    return person(10, "Mia", "manufacturer", "PT", "manufacture")


@pytest.fixture
def dan(db: None) -> Person:
    return person(20, "Dan", "distributor", "ES", "wholesale")


@pytest.fixture
def petra(db: None) -> Person:
    return person(30, "Petra", "pharmacy", "PT", "dispense")


@pytest.fixture
def rosa(db: None) -> Person:
    return person(50, "Rosa", "regulator", "PT", None)


@pytest.fixture
def stan(db: None) -> User:
    return User.objects.create_user("stan@test.example", "Stan", PASSWORD)
