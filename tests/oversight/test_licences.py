"""The register of licences, kept by the authority; every change is an entry of the log."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from apps.ledger.models import RegistryStatement
from apps.oversight import licensing
from apps.parties.models import Licence, RegistryChange
from apps.parties.services import grant_licence
from pharmatrace.kernel.refusal import Refused
from tests.oversight.conftest import NOW


@pytest.fixture
def licence(rosa: Any, petra: Any) -> Licence:
    return grant_licence(
        organisation=petra.organisation, authority=rosa.organisation.name, number="R-1", activity="dispense",
        valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31), at=NOW,
    )  # fmt: skip


def change(who: Any, licence: Licence, verb: str) -> str:
    address = f"/oversight/licences/{licence.pk}/{verb}/"
    return str(who.client.post(address, follow=True).content.decode())


def test_rosa_grants_a_licence_and_the_log_has_it(rosa: Any, petra: Any) -> None:
    form = {
        "organisation": str(petra.organisation.pk), "activity": "wholesale", "number": "R-7",
        "valid_from": "2026-11-01", "valid_until": "",
    }  # fmt: skip
    assert rosa.client.post("/oversight/licences/grant/", form).status_code == 302
    made = Licence.objects.get(number="R-7")
    assert (made.authority, made.valid_until) == ("Rosa Regulates", None)
    told = RegistryChange.objects.get(licence=made)
    assert told.action == "granted" and RegistryStatement.objects.filter(change=told).exists()
    again = rosa.client.post("/oversight/licences/grant/", form)
    assert again.status_code == 422 and "has issued licence R-7 already" in again.content.decode()
    form |= {"number": "R-8", "valid_until": "2026-10-01"}
    assert "ends before it begins" in rosa.client.post("/oversight/licences/grant/", form).content.decode()  # fmt: skip


def test_an_authority_grants_in_its_own_country_alone(rosa: Any, dan: Any) -> None:
    page = rosa.client.get("/oversight/licences/grant/").content.decode()
    assert "Dan Distributes" not in page
    form = {"organisation": str(dan.organisation.pk), "activity": "wholesale", "number": "R-9", "valid_from": "2026-11-01"}  # fmt: skip
    assert rosa.client.post("/oversight/licences/grant/", form).status_code == 422
    form.pop("organisation")
    with pytest.raises(Refused) as refused:
        licensing.grant(
            by=rosa.membership, organisation=dan.organisation, number="R-9", activity="wholesale",
            valid_from=date(2026, 1, 1), valid_until=None, at=NOW,
        )  # fmt: skip
    assert refused.value.codes == ("other_country",)


def test_suspended_then_reinstated_then_revoked(rosa: Any, licence: Licence) -> None:
    for verb, field in (("suspend", "suspended_at"), ("reinstate", ""), ("revoke", "revoked_at")):
        page = rosa.client.get(f"/oversight/licences/{licence.pk}/{verb}/").content.decode()
        assert "entered into the log" in page
        assert "Done, and entered into the log" in change(rosa, licence, verb)
        licence.refresh_from_db()
        assert not field or getattr(licence, field) == NOW
    told = list(RegistryChange.objects.filter(licence=licence).values_list("action", flat=True))
    assert told == ["granted", "suspended", "reinstated", "revoked"]
    assert "revoked for good" in change(rosa, licence, "suspend")
    assert rosa.client.get(f"/oversight/licences/{licence.pk}/destroy/").status_code == 404


def test_a_form_sent_twice_changes_once(rosa: Any, licence: Licence) -> None:
    change(rosa, licence, "suspend")
    assert "suspended already" in change(rosa, licence, "suspend")
    assert RegistryChange.objects.filter(licence=licence, action="suspended").count() == 1


def test_what_another_authority_granted_is_not_rosas_to_change(rosa: Any, petra: Any) -> None:
    other = Licence.objects.get(organisation=petra.organisation)  # of the Test Authority
    page = rosa.client.get(f"/oversight/licences/{other.pk}/suspend/").content.decode()
    assert "granted by Test Authority" in page and '<form class="form' not in page
    assert "Only an administrator there changes it" in change(rosa, other, "suspend")
    other.refresh_from_db()
    assert other.suspended_at is None


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", True),
        ("state=ends_soon", True),
        ("state=in_force", True),
        ("state=over", False),
        ("state=revoked", False),
        ("state=nonsense", True),
        ("activity=dispense", True),
        ("activity=wholesale", False),
        ("country=pt", True),
        ("country=ES", False),
    ],
)
def test_the_register_is_narrowed(rosa: Any, licence: Licence, query: str, shown: bool) -> None:
    page = rosa.client.get(f"/oversight/licences/?{query}").content.decode()
    assert ("R-1" in page) == shown


def test_every_licence_is_in_the_state_that_its_dates_say(licence: Licence) -> None:
    on = date(2026, 11, 3)
    for until, state in ((date(2026, 11, 2), "over"), (on, "ends_soon"), (date(2027, 2, 1), "ends_soon"), (date(2027, 2, 2), "in_force"), (None, "in_force")):  # fmt: skip
        licence.valid_until = until
        assert licensing.state_of(licence, on=on) == state, until
    licence.valid_from = date(2027, 1, 1)
    assert licensing.state_of(licence, on=on) == "not_yet"


def test_whoever_is_suspended_cannot_receive(mia: Any, petra: Any, rosa: Any) -> None:
    """What the register says is what custody goes by."""
    from apps.parties.selectors import licensed

    made = grant_licence(
        organisation=petra.organisation, authority=rosa.organisation.name, number="W-1", activity="wholesale",
        valid_from=date(2026, 1, 1), valid_until=None, at=NOW,
    )  # fmt: skip
    assert licensed(petra.organisation.pk, "wholesale", NOW.date())
    change(rosa, made, "suspend")
    assert not licensed(petra.organisation.pk, "wholesale", NOW.date())
