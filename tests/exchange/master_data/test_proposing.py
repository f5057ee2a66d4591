"""What differs from our records is proposed, once, and bounded; nothing is overwritten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.exchange.master_data.deciding import decline_proposal
from apps.exchange.master_data.models import Proposal, VocabularyElement
from apps.exchange.master_data.proposing import Proposed, propose
from apps.parties.models import Site
from tests.custody.goods import GTIN, START
from tests.exchange.master_data.told import element, lists, told

pytestmark = pytest.mark.django_db
PORTO = "https://id.gs1.org/414/5601000000028"


def send(who: Any, vocabularies: Any, sender: str = "", *, days: int = 0) -> Proposed:
    return propose(
        organisation_id=who.organisation.pk, told=told(vocabularies, sender), source="a.xml",
        job_id=None, at=START + timedelta(days=days),
    )  # fmt: skip


def states() -> list[tuple[str, str]]:
    return [(one.values["name"], one.state) for one in Proposal.objects.order_by("id")]


def site(name: str, id: str = PORTO) -> Any:
    return lists(BusinessLocation=[element(id, name=name, countryCode="PT")])


def test_what_the_record_says_already_is_not_proposed(mia: Any) -> None:
    assert send(mia, site(mia.site.name)) == Proposed(elements=1, proposals=0, left_off=0)
    assert not Proposal.objects.exists()
    assert VocabularyElement.objects.get().uri == PORTO


def test_a_proposal_overwrites_nothing(mia: Any) -> None:
    assert send(mia, site("Elsewhere")).proposals == 1
    assert Site.objects.get(gln=mia.site.gln).name == mia.site.name


def test_the_same_proposal_twice_is_one_row(mia: Any) -> None:
    send(mia, site("Elsewhere"))
    assert send(mia, site("Elsewhere"), days=1).proposals == 1
    [one] = Proposal.objects.all()
    assert (one.first_seen_at, one.last_seen_at) == (START, START + timedelta(days=1))


def test_what_was_declined_is_not_proposed_again(mia: Any) -> None:
    send(mia, site("Elsewhere"))
    decline_proposal(actor=mia.actor, proposal=Proposal.objects.get(), at=START)
    assert send(mia, site("Elsewhere")).proposals == 0
    assert states() == [("Elsewhere", "declined")]


def test_the_newest_word_of_a_sender_supersedes_the_one_before(mia: Any) -> None:
    send(mia, site("One"))
    send(mia, site("Two"))
    assert states() == [("One", "superseded"), ("Two", "open")]
    send(mia, site("One"))
    assert states() == [("One", "open"), ("Two", "superseded")]


def test_another_sender_has_a_proposal_of_its_own(mia: Any) -> None:
    send(mia, site("One"))
    send(mia, site("Two"), sender="urn:epc:id:sgln:0614141.07346.0")
    assert states() == [("One", "open"), ("Two", "open")]
    assert Proposal.objects.last().sender == "https://id.gs1.org/414/0614141073467"  # type: ignore[union-attr]


def test_a_hostile_sender_is_one_short_line(mia: Any) -> None:
    send(mia, site("One"), sender="\x00\ud800" + "x" * 5_000)
    assert Proposal.objects.get().sender == "x" * 200


def test_two_lists_about_one_place_are_one_proposal(mia: Any) -> None:
    both = lists(
        BusinessLocation=[element(PORTO, name="Here")], ReadPoint=[element(PORTO, city="Gaia")]
    )
    assert send(mia, both) == Proposed(elements=2, proposals=1, left_off=0)
    assert Proposal.objects.get().values == {"name": "Here", "city": "Gaia"}


def test_locations_that_are_organisations_of_ours(mia: Any, dan: Any) -> None:
    gln = f"https://id.gs1.org/414/{dan.organisation.gln}"
    send(mia, lists(Location=[element(gln, name="Dan & Co")]))
    send(mia, lists(SourceDest=[element("urn:epc:id:pgln:0614141.07346", name="Nobody we know")]))
    kinds = set(Proposal.objects.values_list("kind", "key"))
    assert kinds == {("organisation", dan.organisation.gln), ("organisation", "0614141073467")}


def test_products(mia: Any, batch: Any) -> None:
    uri = f"https://id.gs1.org/01/{GTIN}"
    said = {"regulatedProductName": "Examplin", "strengthDescription": "40 mg"}
    assert send(mia, lists(EPCClass=[element(uri, **said)])).proposals == 0
    assert send(mia, lists(EPCClass=[element(uri, **said, dosageFormType="film")])).proposals == 1
    assert Proposal.objects.get().kind == "product"


def test_a_great_many_elements_are_bounded(mia: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("apps.exchange.master_data.proposing.MOST_ELEMENTS", 30)
    many = lists(Location=[element(f"urn:x:{n}", name="X") for n in range(50)])
    assert send(mia, many) == Proposed(elements=30, proposals=0, left_off=20)
    assert VocabularyElement.objects.count() == 30


def test_names_too_long_to_be_one_are_left_off(mia: Any) -> None:
    assert send(mia, lists(Location=[element("urn:x:" + "9" * 500)])).left_off == 1


def test_many_elements_cost_no_more_queries_than_few(mia: Any) -> None:
    costs = []
    for count in (2, 200):
        glns = [f"https://id.gs1.org/414/{gln(count * 10 + n)}" for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            made = send(mia, lists(Location=[element(one, name=f"S{count}") for one in glns]))
        assert made.proposals == count
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 10


def gln(n: int) -> str:
    from pharmatrace.kernel.gs1.check_digit import check_digit

    digits = f"560100{n:06}"
    return digits + check_digit(digits)
