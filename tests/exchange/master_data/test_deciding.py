"""Who may take what over, field by field, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Product
from apps.exchange.master_data.deciding import accept_proposal, decline_proposal
from apps.exchange.master_data.models import Proposal
from apps.exchange.master_data.selectors import compared, open_proposals
from apps.parties.models import Licence, Membership, Organisation, Site
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import GTIN, START
from tests.exchange.master_data.test_proposing import PORTO, send
from tests.exchange.master_data.told import element, lists

pytestmark = pytest.mark.django_db
US = {
    "regulatedProductName": "Examplin Forte", "strengthDescription": "80 mg",
    "additionalTradeItemIdentification": "00000-0123-45",
    "additionalTradeItemIdentificationTypeCode": "FDA_NDC_11",
}  # fmt: skip


def proposal(who: Any, id: str, vocabulary: str = "Location", **said: Any) -> Proposal:
    send(who, lists(**{vocabulary: [element(id, **said)]}))
    return Proposal.objects.latest("id")


def accept(who: Any, one: Proposal, *fields: str) -> Proposal:
    return accept_proposal(actor=who.actor, proposal=one, fields=fields, at=START)


def refused(who: Any, one: Proposal, *fields: str) -> str:
    with pytest.raises(Refused) as no:
        accept(who, one, *fields)
    one.refresh_from_db()
    return no.value.codes[0]


def test_only_the_chosen_fields_are_taken_over(mia: Any) -> None:
    one = proposal(mia, PORTO, name="New", city="Gaia", postalCode="4400")
    done = accept(mia, one, "city", "postal_code")
    site = Site.objects.get(pk=mia.site.pk)
    assert (site.name, site.city, site.postal_code) == (mia.site.name, "Gaia", "4400")
    assert done.state == "accepted"
    assert done.taken == {"city": ["Porto", "Gaia"], "postal_code": ["", "4400"]}
    assert done.decided_by == mia.user


def test_a_site_under_our_own_prefix_is_registered(mia: Any) -> None:
    one = proposal(mia, "urn:epc:id:sgln:560100.000003.0", name="Dock", countryCode="PT")
    assert refused(mia, one, "name") == "country_code"
    accept(mia, one, "name", "country")
    assert Site.objects.get(gln="5601000000035").organisation == mia.organisation


def test_what_is_somebody_elses_is_refused_to_us_and_granted_to_the_regulator(
    mia: Any, dan: Any, rosa: Any
) -> None:
    one = proposal(dan, PORTO, city="Gaia")
    assert refused(dan, one, "city") == "not_ours"
    assert one.state == "open"
    accept(rosa, one, "city")
    assert Site.objects.get(pk=mia.site.pk).city == "Gaia"


@pytest.mark.parametrize("vocabulary", ["Location", "SourceDest"])
def test_nobody_knows_whose_it_is(mia: Any, rosa: Any, vocabulary: str) -> None:
    id = (
        "urn:epc:id:pgln:0614141.07346"
        if vocabulary == "SourceDest"
        else "urn:epc:id:sgln:0614141.07346.0"
    )
    one = proposal(mia, id, vocabulary, name="Somebody", countryCode="US")
    for who in (mia, rosa):
        assert refused(who, one, "name", "country") == "not_ours"
    assert not Organisation.objects.filter(name="Somebody").exists()


def test_an_organisation_changes_its_own_words_and_never_its_licences(mia: Any) -> None:
    licences = list(Licence.objects.values())
    one = proposal(mia, f"https://id.gs1.org/417/{mia.organisation.gln}", streetAddressOne="Rua 1")
    accept(mia, one, "street")
    assert Organisation.objects.get(pk=mia.organisation.pk).street == "Rua 1"
    assert list(Licence.objects.values()) == licences


def test_a_product_takes_over_its_ndc_and_keeps_its_other_numbers(mia: Any, batch: Any) -> None:
    Product.objects.update(national_codes={"PT": "123"})
    one = proposal(mia, f"https://id.gs1.org/01/{GTIN}", "EPCClass", **US)
    accept(mia, one, "ndc", "strength")
    product = Product.objects.get()
    assert (product.name, product.strength) == ("Examplin", "80 mg")
    assert product.national_codes == {"PT": "123", "US": "00000-0123-45"}


def test_a_product_of_ours_is_registered_for_the_market_of_its_ndc(mia: Any, dan: Any) -> None:
    mine = "urn:epc:idpat:sgtin:560100.0000001.*"
    one = proposal(mia, mine, "EPCClass", regulatedProductName="Examplin Forte")
    assert refused(mia, one, "name") == "market_unknown"
    one = proposal(mia, mine, "EPCClass", **US)
    accept(mia, one, "name", "strength", "ndc")
    made = Product.objects.get()
    assert (made.manufacturer, made.market, made.strength) == (mia.organisation, "US", "80 mg")


@pytest.mark.parametrize("role", ["operator", "viewer"])
def test_administrators_decide(mia: Any, role: str) -> None:
    one = proposal(mia, PORTO, city="Gaia")
    Membership.objects.update(role=role)
    mia.membership.refresh_from_db()
    assert refused(mia, one, "city") == "not_admin"
    with pytest.raises(Refused, match="administrator"):
        decline_proposal(actor=mia.actor, proposal=one, at=START)


def test_a_decision_stands(mia: Any) -> None:
    one = proposal(mia, PORTO, city="Gaia")
    assert refused(mia, one) == "nothing_chosen"
    assert refused(mia, one, "name", "nonsense") == "nothing_chosen"
    accept(mia, one, "city")
    assert refused(mia, one, "city") == "proposal_decided"


def test_words_that_are_too_long_are_refused_and_nothing_changes(mia: Any) -> None:
    one = proposal(mia, PORTO, city="x" * 900, name="New")
    assert refused(mia, one, "name", "city") == "too_long"
    assert Site.objects.get(pk=mia.site.pk).name == mia.site.name


def test_everybody_sees_their_own_and_the_regulator_all(mia: Any, dan: Any, rosa: Any) -> None:
    proposal(mia, PORTO, city="Gaia")
    proposal(dan, PORTO, city="Maia")
    assert [one.values["city"] for one in open_proposals(dan.actor)] == ["Maia"]
    assert open_proposals(rosa.actor).count() == 2
    [seen] = compared(list(open_proposals(dan.actor)), dan.actor)
    assert (seen.ours, seen.decides) == (False, True)
    assert [(d.field, d.old, d.new) for d in seen.differences] == [("city", "Porto", "Maia")]
