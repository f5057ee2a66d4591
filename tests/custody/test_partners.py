"""A partner without a key reports; an organisation that represents it records and signs, and says so."""

from __future__ import annotations

import cbor2
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.custody.levels import level_of, whole_events
from apps.custody.models import CustodyEvent
from apps.custody.selectors import history
from apps.ledger.services import seal
from apps.parties.models import Organisation, Representation
from apps.parties.services import (
    end_representation,
    represent,
    rotate_key,
)
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.refusal import Refused
from tests.cast import LONG_AGO, Member, member
from tests.custody.goods import Goods, codes, package, recorded, uri, uris
from tests.custody.test_unmanaged import keep, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def paul(dan: Member) -> Member:
    """A small pharmacy without a key; Dan records what it reports."""
    one = member(
        name="Paul", kind="pharmacy", company="Paul's Pharmacy", gln="5604000000012",
        site_gln="5604000000029", city="Faro", country="PT", activity="dispense",
    )  # fmt: skip
    one.organisation.keys.update(revoked_at=LONG_AGO)
    represent(partner=one.organisation, representative=dan.organisation, at=LONG_AGO)
    return one


class For:
    """Dan's hands, at the partner's site: what `Goods` takes as somebody who acts."""

    def __init__(self, partner: Member, by: Member) -> None:
        self.site, self.organisation, self.actor = partner.site, partner.organisation, by.actor


@pytest.fixture
def received(mia: Member, dan: Member, paul: Member, goods: Goods) -> CustodyEvent:
    goods.commission(mia, uris(2)).raise_refused()
    goods.move(uris(2), mia, dan)
    goods.ship(dan, uris(2), paul).raise_refused()
    goods.receive(For(paul, dan), uris(2), dan).raise_refused()
    return CustodyEvent.objects.latest("id")


def test_the_partner_holds_what_was_received_for_it(
    dan: Member, paul: Member, received: CustodyEvent
) -> None:
    assert (received.actor, received.reporter) == (dan.organisation, paul.organisation)
    assert (received.site, received.counterparty) == (paul.site, dan.organisation)
    assert package(uri("S0")).custodian == paul.organisation


def test_the_statement_is_the_representatives_and_says_who_reported(
    dan: Member, paul: Member, received: CustodyEvent
) -> None:
    facts = dict(cbor2.loads(bytes(received.statement.facts)))
    assert facts["actor"] == dan.actor.did
    assert facts["reported_by"] == f"{RESOLVER}417/{paul.organisation.gln}"
    assert (facts["role"], facts["recorder"], facts["country"]) == ("pharmacy", "distributor", "PT")
    assert received.statement.key.organisation == dan.organisation


def test_rules_are_decided_as_the_partner(
    mia: Member, dan: Member, paul: Member, received: CustodyEvent, goods: Goods
) -> None:
    goods.do(Kind.DISPENSE, For(paul, dan), [uri("S0")]).raise_refused()  # Dan has no such licence
    assert package(uri("S0")).status == "supplied"
    assert codes(goods.do(Kind.LOCK, dan, [uri("S1")])) == {"not_custodian"}
    assert codes(goods.do(Kind.LOCK, For(paul, mia), [uri("S1")])) == {
        "site_not_yours", "not_custodian",
    }  # fmt: skip


def test_a_partner_with_a_key_speaks_for_itself(
    dan: Member, paul: Member, received: CustodyEvent, goods: Goods
) -> None:
    rotate_key(organisation=paul.organisation, at=goods.now)
    assert "site_not_yours" in codes(goods.do(Kind.DISPENSE, For(paul, dan), [uri("S0")]))
    goods.do(Kind.DISPENSE, paul, [uri("S0")]).raise_refused()
    with pytest.raises(Refused) as refused:
        represent(partner=paul.organisation, representative=dan.organisation, at=goods.now)
    assert refused.value.codes == ("partner_has_key",)


def test_a_representation_that_ended_counts_no_more(
    dan: Member, paul: Member, received: CustodyEvent, goods: Goods
) -> None:
    assert end_representation(
        partner=paul.organisation, representative=dan.organisation, at=goods.now
    )
    assert "site_not_yours" in codes(goods.do(Kind.LOCK, For(paul, dan), [uri("S0")]))


def test_the_reporter_is_a_party_to_the_event(
    dan: Member, paul: Member, received: CustodyEvent, goods: Goods
) -> None:
    goods.do(Kind.LOCK, For(paul, dan), [uri("S0")]).raise_refused()
    steps = history(package(uri("S0")).pk)
    assert steps[-1].event.doer == paul.organisation
    assert level_of(paul.membership, steps) == level_of(dan.membership, steps) == "party"


@pytest.mark.parametrize("who", ["dan", "paul"])
def test_whoever_recorded_or_reported_it_may_declare_it_wrong(
    who: str, dan: Member, paul: Member, received: CustodyEvent, goods: Goods
) -> None:
    event = recorded("receive")
    if who == "paul":
        rotate_key(organisation=paul.organisation, at=goods.now)
    goods.declare({"dan": dan, "paul": paul}[who], event).raise_refused()
    declaration = CustodyEvent.objects.latest("id")
    reporter = paul.organisation if who == "dan" else None
    assert (declaration.kind, declaration.reporter) == ("declare_error", reporter)
    assert package(uri("S0")).status == "in_transit"


def test_the_representative_sees_that_the_partner_itself_declared_it_wrong(
    dan: Member, paul: Member, received: CustodyEvent, goods: Goods
) -> None:
    """Dan recorded it when Paul had no key; and what Paul did in between is none of Dan's business."""
    goods.do(Kind.LOCK, For(paul, dan), [uri("S0")]).raise_refused()
    locked = recorded("lock")
    rotate_key(organisation=paul.organisation, at=goods.now)
    goods.do(Kind.INSPECT, paul, [uri("S0")]).raise_refused()
    goods.declare(paul, locked).raise_refused()
    steps = history(package(uri("S0")).pk)
    whole = whole_events(steps, level="party", organisation_id=dan.organisation.pk)
    assert [one.event.kind for one in steps if one.event.pk in whole][-2:] == [
        "lock", "declare_error",
    ]  # fmt: skip
    assert "inspect" not in {one.event.kind for one in steps if one.event.pk in whole}
    while seal(at=goods.now) is not None:
        pass
    digest = bytes(CustodyEvent.objects.filter(kind="lock").get().hash).hex()
    bundle = dan.client.get(f"/verify/evidence/event/{digest}")
    assert bundle.status_code == 200 and len(bundle.json()["events"]) == 2


def test_what_the_partner_knows_of_strangers_is_kept_for_it(
    dan: Member, paul: Member, goods: Goods
) -> None:
    keep(dan, goods, told(bizLocation={"id": RESOLVER + "414/" + paul.site.gln})).raise_refused()
    event = CustodyEvent.objects.get()
    assert (event.kind, event.reporter, event.site) == ("unmanaged", paul.organisation, paul.site)


def test_the_public_page_and_its_json_say_who_recorded(
    dan: Member, paul: Member, received: CustodyEvent
) -> None:
    address = "/" + package(uri("S0")).path
    page = Client().get(address).content.decode()
    assert "Reported by a partner without a signing key" in page
    assert paul.organisation.name not in page
    life = Client().get(address + "?format=json").json()["life"]
    assert [(one["role"], one["reported_by_partner"]) for one in life][-2:] == [
        ("distributor", False), ("pharmacy", True),
    ]  # fmt: skip


def test_the_desk_says_who_recorded(dan: Member, paul: Member, received: CustodyEvent) -> None:
    for who in (dan, paul):
        timeline = who.client.get(
            reverse("desk:package", args=[package(uri("S0")).pk])
        ).content.decode()
        event = who.client.get(reverse("desk:event", args=[received.pk])).content.decode()
        for page in (timeline, event):
            assert "Paul&#x27;s Pharmacy" in page
            assert "reported by a partner" in page
        assert who.client.get(reverse("desk:events")).status_code == 200


def test_the_command_registers_a_partner(dan: Member) -> None:
    call_command(
        "registry", "add-partner", "pharmacy", "Tiny Pharmacy", "5605000000019", "PT",
        "--represented-by", dan.organisation.gln,
    )  # fmt: skip
    tiny = Organisation.objects.get(gln="5605000000019")
    assert not tiny.keys.exists()
    assert Representation.objects.get(partner=tiny).representative == dan.organisation
    call_command("registry", "end-representation", tiny.gln, dan.organisation.gln)
    assert not Representation.objects.exists()
    call_command("registry", "represent", tiny.gln, dan.organisation.gln)
    assert Representation.objects.filter(partner=tiny).exists()


def test_the_command_registers_nothing_with_an_unknown_representative(dan: Member) -> None:
    with pytest.raises(CommandError):
        call_command(
            "registry", "add-partner", "pharmacy", "Tiny Pharmacy", "5605000000019", "PT",
            "--represented-by", "5609999999990",
        )  # fmt: skip
    assert not Organisation.objects.filter(gln="5605000000019").exists()


def test_nobody_represents_itself_nor_an_authority(dan: Member, rosa: Member) -> None:
    for partner, code in ((dan, "represents_itself"), (rosa, "regulator_represented")):
        with pytest.raises(Refused) as refused:
            represent(partner=partner.organisation, representative=dan.organisation, at=LONG_AGO)
        assert refused.value.codes == (code,)
