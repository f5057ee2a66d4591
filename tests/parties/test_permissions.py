"""Who may do what: by role and by kind of organisation, and only where one is a member."""

from __future__ import annotations

import pytest

from apps.parties.permissions import PERMISSIONS, may
from tests.cast import Member, Person

pytestmark = pytest.mark.django_db

EXPECTED = {
    "mia": {
        "catalog.register_product", "catalog.register_batch", "catalog.recall_batch",
        "custody.commission", "custody.pack", "custody.ship", "custody.receive",
        "custody.inspect",
    },
    "dan": {"custody.pack", "custody.ship", "custody.receive", "custody.inspect"},
    "petra": {
        "custody.pack", "custody.ship", "custody.receive", "custody.inspect", "custody.dispense",
    },
    "rosa": {
        "catalog.recall_batch", "custody.inspect", "oversight.see_all", "parties.suspend_licence",
        "parties.report_any_stolen_key", "parties.decide_licence", "parties.invite_organisation",
        "parties.see_registry_deeds", "parties.see_platform",
    },
}  # fmt: skip
ADMIN = {
    "administer", "parties.add_member", "parties.rotate_key", "parties.revoke_key",
    "parties.issue_token",
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_every_administrator_may_do_what_the_organisation_does(
    name: str, request: pytest.FixtureRequest
) -> None:
    who: Member = request.getfixturevalue(name)
    allowed = {permission for permission in PERMISSIONS if may(who.membership, permission)}
    assert allowed == EXPECTED[name] | ADMIN | {"view", "operate"}
    assert allowed == {p for p in PERMISSIONS if who.user.has_perm(p, who.membership)}


@pytest.mark.parametrize(
    ("role", "missing"), [("operator", ADMIN), ("viewer", ADMIN | EXPECTED["mia"] | {"operate"})]
)
def test_lesser_roles_may_less(mia: Member, role: str, missing: set[str]) -> None:
    mia.membership.role = role
    allowed = {permission for permission in PERMISSIONS if may(mia.membership, permission)}
    assert allowed == (EXPECTED["mia"] | ADMIN | {"view", "operate"}) - missing


def test_a_stranger_may_nothing(mia: Member, stan: Person) -> None:
    for permission in PERMISSIONS:
        assert not may(None, permission)
        assert not stan.user.has_perm(permission, mia.membership)
        assert not stan.user.has_perm(permission, None)


def test_a_closed_account_may_nothing(mia: Member) -> None:
    mia.membership.user.is_active = False
    assert not any(may(mia.membership, permission) for permission in PERMISSIONS)


def test_an_unknown_permission_is_a_mistake(mia: Member) -> None:
    with pytest.raises(KeyError):
        may(mia.membership, "custody.eat")
