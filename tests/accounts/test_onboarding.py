"""A pharmacy comes in by one link: organisation, first place, first person, key; the licence waits for the authority."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.parties.models import LicenceApplication, Membership, Organisation, SigningKey, Site
from apps.parties.selectors import licensed
from apps.parties.services import invite_organisation
from tests.accounts.links import NEW, NOW, WORDS, link_for_pharmacy, said
from tests.cast import Member

pytestmark = pytest.mark.django_db
ADDRESS = {"street": "Rua 1", "postal_code": "1100-001", "city": "Lisboa", "country": "PT"}
PHARMACY = ADDRESS | {
    "name": "Farmácia Nova", "gln": "952 0000-0077 75", "authority": "INFARMED", "number": "F-77",
}  # fmt: skip
SITE = ADDRESS | {"name": "Counter", "gln": "9520000007775"}
YOU = {"name": "Nora", "password": WORDS, "credential": ""}


def fill_in(client: Client, first: str) -> Any:
    """All three pages, as a person would; returns the answer to the last."""
    page = client.post(first, PHARMACY)
    page = client.post(page["Location"], SITE)
    assert client.get(page["Location"]).status_code == 200
    return client.post(page["Location"], YOU)


def test_three_pages_make_a_pharmacy(rosa: Member, client: Client) -> None:
    first = link_for_pharmacy(rosa)
    assert "Step 1 of 3" in said(client.get(first))
    assert fill_in(client, first)["Location"] == "/"
    made = Organisation.objects.get(name="Farmácia Nova")
    assert made.kind == "pharmacy"
    assert SigningKey.objects.filter(organisation=made, retired_at=None).count() == 1
    assert Site.objects.get(organisation=made).name == "Counter"
    assert Membership.objects.get(organisation=made).role == "admin"
    home = said(client.get("/"))
    assert "Farmácia Nova" in home
    assert "waits for the authority" in home


def test_the_licence_counts_when_the_authority_has_granted_it(rosa: Member, client: Client) -> None:
    fill_in(client, link_for_pharmacy(rosa))
    made, waiting = Organisation.objects.get(name="Farmácia Nova"), LicenceApplication.objects.get()
    assert not licensed(made.pk, "dispense", NOW.date())
    assert "Farmácia Nova" in said(rosa.client.get("/settings/organisations/"))
    page = f"/settings/licences/{waiting.pk}/"
    data = {"grant": "yes", "valid_from": "2026-11-03", "valid_until": ""}
    assert rosa.client.post(page, data).status_code == 302
    assert licensed(made.pk, "dispense", NOW.date())
    assert rosa.client.post(page, data).status_code == 422  # decided already
    assert made.licences.count() == 1


def test_the_authority_may_decline_and_says_why(rosa: Member, client: Client) -> None:
    fill_in(client, link_for_pharmacy(rosa))
    page = f"/settings/licences/{LicenceApplication.objects.get().pk}/"
    assert rosa.client.post(page, {"decline": "yes", "reason": ""}).status_code == 422
    rosa.client.post(page, {"decline": "yes", "reason": "No such number."})
    assert "No such number." in said(client.get("/settings/organisation/"))


def test_nobody_else_decides(rosa: Member, mia: Member, client: Client) -> None:
    fill_in(client, link_for_pharmacy(rosa))
    page = f"/settings/licences/{LicenceApplication.objects.get().pk}/"
    data = {"grant": "yes", "valid_from": "2026-11-03", "valid_until": ""}
    assert mia.client.post(page, data).status_code == 403
    assert client.post(page, data).status_code == 403  # the pharmacy itself
    Membership.objects.filter(pk=rosa.membership.pk).update(role="operator")
    assert rosa.client.post(page, data).status_code == 403
    assert not Organisation.objects.get(name="Farmácia Nova").licences.exists()


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("gln", "9520000007779", "last digit should be 5"),
        ("gln", "123", "13"),
        ("gln", "95200000\x00", "Null"),
        ("country", "XX", "valid choice"),
        ("name", "x" * 161, "160"),
        ("number", "", "required"),
    ],
)
def test_a_wrong_field_is_said_at_once(
    rosa: Member, client: Client, field: str, value: str, problem: str
) -> None:
    answer = client.post(link_for_pharmacy(rosa), PHARMACY | {field: value})
    assert answer.status_code == 422
    assert problem in said(answer)


def test_a_number_that_is_taken_is_refused(rosa: Member, petra: Member, client: Client) -> None:
    answer = client.post(link_for_pharmacy(rosa), PHARMACY | {"gln": petra.organisation.gln})
    assert "registered already" in said(answer)


@pytest.mark.parametrize("prefix", ["560100", "5601001", "5601"])
def test_nobody_takes_the_numbers_of_somebody_else(
    rosa: Member, mia: Member, client: Client, prefix: str
) -> None:
    _row, secret = invite_organisation(
        by=rosa.membership, email=NEW, kind="manufacturer", at=timezone.now()
    )
    page = f"/join/{secret}/organisation/"
    assert "belongs to an organisation" in said(
        client.post(page, PHARMACY | {"gs1_prefix": prefix})
    )
    assert client.post(page, PHARMACY | {"gs1_prefix": "9520001, 9520002"}).status_code == 302


def test_pages_come_in_order_and_nothing_is_lost(rosa: Member, client: Client) -> None:
    first = link_for_pharmacy(rosa)
    assert client.get(first.replace("organisation", "you"))["Location"] == first
    client.post(first, PHARMACY)
    elsewhere = Client()  # another phone
    assert elsewhere.get(first.replace("organisation", "you"))["Location"].endswith("/site/")
    assert "Farmácia Nova" in elsewhere.get(first).content.decode()
    link = first.removesuffix("organisation/")
    assert elsewhere.get(link)["Location"].endswith("/site/"), "the link opens where one stopped"
    assert not Organisation.objects.filter(name="Farmácia Nova").exists()


def test_the_last_page_sent_twice_registers_once(rosa: Member, client: Client) -> None:
    first = link_for_pharmacy(rosa)
    fill_in(client, first)
    last = first.replace("organisation", "you")
    assert client.post(last, YOU)["Location"] == "/"
    assert Client().post(last, YOU).status_code == 410
    assert Organisation.objects.filter(name="Farmácia Nova").count() == 1


def test_only_the_authority_asks_organisations_in(mia: Member, rosa: Member) -> None:
    data = {"email": NEW, "kind": "pharmacy"}
    assert mia.client.post("/settings/organisations/", data).status_code == 403
    assert (
        rosa.client.post("/settings/organisations/", data | {"kind": "regulator"}).status_code
        == 422
    )
    assert rosa.client.post("/settings/organisations/", data).status_code == 302
    assert "/join/" in said(rosa.client.get("/settings/organisations/"))


def test_so_may_the_staff_of_the_installation(stan: Any) -> None:
    data = {"email": NEW, "kind": "pharmacy"}
    assert stan.client.post("/settings/organisations/", data).status_code == 403
    stan.user.is_staff = True
    stan.user.save()
    assert stan.client.post("/settings/organisations/", data).status_code == 302
    assert stan.client.get("/settings/platform/").status_code == 200
