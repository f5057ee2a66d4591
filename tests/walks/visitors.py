"""Everybody who may come: each kind of organisation in each role, somebody who belongs nowhere, and a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client

from apps.parties.models import Membership, User
from tests.walks.rows import ROLES


@dataclass(frozen=True, slots=True)
class Visitor:
    kind: str  # a letter of the table, "nobody", "stranger"
    role: str
    client: Client

    def __str__(self) -> str:
        return f"{self.kind} {self.role}".strip()


def visitors(mia: Any, dan: Any, petra: Any, rosa: Any, stan: Any) -> Iterator[Visitor]:
    for kind, person in (("m", mia), ("d", dan), ("p", petra), ("r", rosa)):
        for role in ROLES:
            yield Visitor(kind, role, client_of(colleague(person, role)))
    yield Visitor("nobody", "", client_of(stan.user))
    yield Visitor("stranger", "", Client())


def colleague(person: Any, role: str) -> User:
    """Somebody in the same organisation with this role."""
    if role == person.membership.role:
        return person.user  # type: ignore[no-any-return]
    name = f"{role}-of-{person.user.email}"
    user = User.objects.create_user(name, name.partition("@")[0].capitalize(), None)
    Membership.objects.create(
        user=user,
        organisation=person.organisation,
        role=role,
        site=person.site,
        created_at=person.membership.created_at,
    )
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
