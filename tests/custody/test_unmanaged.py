"""Events about things we do not track: stored, signed and in the log, and saying nothing of our packages."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import cbor2
import pytest

from apps.catalog.services import register_product
from apps.custody.auditing.events import events_are_what_was_signed
from apps.custody.models import CustodyEvent, PackageEvent, RefusedEvent
from apps.custody.outcomes import CaptureResult
from apps.custody.services import capture
from apps.ledger.audits import Span
from apps.ledger.models import Pending
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.epcis.jsonld import read_event
from tests.custody.goods import CASE, EXPIRY, GTIN, LOT, Goods, codes, package, uri, uris, wrong

pytestmark = pytest.mark.django_db

STRANGE = RESOLVER + "01/04012345111118/21/X1"
STRANGE_SSCC = RESOLVER + "00/040123450000000016"
STRANGE_CLASS = {"epcClass": RESOLVER + "01/04012345111118/10/LOT1", "quantity": 7}


def told(**fields: Any) -> Any:
    """An event as a partner's file tells it; `None` takes a field out."""
    event = {
        "type": "ObjectEvent", "action": "OBSERVE", "eventTime": "2026-11-02T09:00:00.000Z",
        "eventTimeZoneOffset": "+00:00", "epcList": [STRANGE], "bizStep": "shipping",
        "disposition": "in_transit", "readPoint": {"id": "https://example.org/dock"},
    } | fields  # fmt: skip
    return read_event({name: value for name, value in event.items() if value is not None})


def keep(who: Any, goods: Goods, *events: Any, **how: Any) -> CaptureResult:
    return capture(
        actor=who.actor,
        events=list(events),
        at=goods.now + timedelta(hours=2),
        unmanaged=True,
        **how,
    )


def facts_of(event: CustodyEvent) -> dict[str, Any]:
    return dict(cbor2.loads(bytes(event.statement.facts)))


UNTRACKED: dict[str, dict[str, Any]] = {
    "a stranger's pack": {},
    "a stranger's SSCC": {"epcList": [STRANGE_SSCC]},
    "a private number": {"epcList": ["urn:example:pallet:7"]},
    "an asset": {"epcList": [RESOLVER + "8003/04012345111118A1"]},
    "a quantity, even of ours": {
        "epcList": None, "quantityList": [{"epcClass": RESOLVER + f"01/{GTIN}/10/{LOT}", "quantity": 3}],
    },
    "a business transaction": {
        "type": "TransactionEvent", "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:1"}],
    },
    "a transformation": {
        "type": "TransformationEvent", "action": None, "epcList": None, "disposition": None,
        "bizStep": "creating_class_instance", "inputQuantityList": [STRANGE_CLASS],
        "outputEPCList": [STRANGE],
    },
    "an association": {
        "type": "AssociationEvent", "epcList": None, "parentID": RESOLVER + "8004/4012345ASSET",
        "childEPCs": [STRANGE],
    },
    "a type of somebody's own": {
        "type": "https://mia.example/types/Weighing", "epcList": None, "action": None,
    },
    "a step we do not know": {"bizStep": "https://example.org/steps/polishing"},
    "a commissioning of somebody else's product": {"action": "ADD", "bizStep": "commissioning",
                                                   "disposition": "active"},
}  # fmt: skip


@pytest.mark.parametrize("what", UNTRACKED)
def test_what_names_nothing_of_ours_is_kept(what: str, dan: Any, goods: Goods) -> None:
    [outcome] = keep(dan, goods, told(**UNTRACKED[what])).outcomes
    assert (outcome.fate, outcome.kind, outcome.refusals) == ("accepted", "unmanaged", ())
    event = CustodyEvent.objects.get(pk=outcome.event_id)
    assert (event.kind, event.package_count, event.site, event.counterparty) == (
        "unmanaged", 0, None, None,
    )  # fmt: skip
    assert Pending.objects.filter(statement=event.statement).exists()
    assert not PackageEvent.objects.filter(event=event).exists()
    assert list(events_are_what_was_signed(Span())) == []


def test_the_statement_says_who_kept_it_and_that_it_is_not_managed(dan: Any, goods: Goods) -> None:
    keep(dan, goods, told(bizLocation={"id": RESOLVER + "414/" + dan.site.gln})).raise_refused()
    event = CustodyEvent.objects.get()
    facts = facts_of(event)
    assert facts["managed"] is False
    assert (facts["actor"], facts["role"], facts["country"]) == (dan.actor.did, "distributor", "ES")
    assert facts["place"] == RESOLVER + "414/" + dan.site.gln
    assert event.site == dan.site
    assert len(bytes(event.statement.leaves)) == 32 * len(facts)  # no package facts after them


OURS: dict[str, Callable[[], dict[str, Any]]] = {
    "an unknown serial of a product registered here": lambda: {"epcList": [uri("FAKE")]},
    "a piece of a product registered here": lambda: {
        "epcList": [RESOLVER + f"8006/{GTIN}0102/21/FAKE"],
    },
    "a package that exists, written as if it were a class": lambda: {
        "epcList": None, "quantityList": [{"epcClass": uri("S0")}],
    },
    "one beside strangers": lambda: {"epcList": [STRANGE, uri("FAKE")]},
    "an SSCC under a prefix registered here": lambda: {"epcList": [RESOLVER + "00/156010000000000018"]},
    "a package that exists, in an event of another type": lambda: {
        "type": "TransactionEvent", "epcList": [uri("S0")],
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:x:1"}],
    },
    "a transformation of a pack of ours": lambda: {
        "type": "TransformationEvent", "action": None, "epcList": None, "disposition": None,
        "bizStep": "repackaging", "inputEPCList": [uri("S0")], "outputEPCList": [STRANGE],
    },
    "one of ours in an event of somebody's own type": lambda: {
        "type": "https://mia.example/types/Weighing", "epcList": [uri("S0")], "action": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("what", OURS)
def test_one_managed_thing_and_the_rules_of_custody_apply(
    what: str, mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(1)).raise_refused()
    result = keep(dan, goods, told(**OURS[what]()))
    assert [one.fate for one in result.outcomes] == ["refused"]
    assert RefusedEvent.objects.exists()
    assert not CustodyEvent.objects.filter(kind="unmanaged").exists()


def test_a_fake_serial_still_shows_itself(mia: Any, dan: Any, goods: Goods) -> None:
    assert "unknown_package" in codes(keep(dan, goods, told(epcList=[uri("FAKE")])))


def test_an_sscc_of_a_stranger_that_holds_our_packs_is_ours(
    mia: Any, dan: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(2)).raise_refused()
    packing = acts.pack(CASE, uris(2), site_gln=mia.site.gln, at=goods.tick())
    shipping = goods.shipment(mia, [CASE], dan)
    result = keep(mia, goods, packing, shipping)
    assert [one.kind for one in result.outcomes] == ["pack", "ship"]
    assert package(CASE).consignee == dan.organisation
    looking = told(epcList=[CASE], bizStep="https://example.org/steps/polishing")
    assert codes(keep(dan, goods, looking)) == {"unknown_kind"}


def test_without_asking_nothing_unmanaged_comes_in(dan: Any, goods: Goods) -> None:
    assert "unknown_package" in codes(goods.record(dan, told()))
    assert CustodyEvent.objects.count() == 0


def test_a_repeat_is_answered_again(dan: Any, goods: Goods) -> None:
    first, again = keep(dan, goods, told(), told()).outcomes
    later = keep(dan, goods, told()).outcomes[0]
    assert (again.fate, later.fate, later.kind) == ("repeated", "repeated", "unmanaged")
    assert first.event_id == again.event_id == later.event_id


def test_what_two_were_told_each_keeps_and_takes_back_alone(
    dan: Any, petra: Any, goods: Goods
) -> None:
    [dans] = keep(dan, goods, told()).outcomes
    [petras] = keep(petra, goods, told()).outcomes
    assert (dans.fate, petras.fate) == ("accepted", "accepted")
    assert dans.event_id != petras.event_id
    assert keep(petra, goods, told()).outcomes[0].event_id == petras.event_id
    [declared] = keep(petra, goods, wrong(told(), at=goods.now)).outcomes
    kept, both = (
        CustodyEvent.objects.get(pk=dans.event_id),
        CustodyEvent.objects.get(pk=petras.event_id).both(),
    )
    assert list(kept.both()) == [kept]
    assert set(both.values_list("id", flat=True)) == {petras.event_id, declared.event_id}
    assert keep(dan, goods, wrong(told(), at=goods.now)).outcomes[0].fate == "accepted"


POLISHED = "https://example.org/steps/polished"
RUN_TOGETHER = {"bizStep": POLISHED + "disposition=https://example.org/shines", "disposition": None}


def test_another_event_with_the_same_hash_is_not_taken_for_a_repeat(dan: Any, goods: Goods) -> None:
    """The pre-hash string of CBV 2.0 §8.9.3 has no mark between a value and the next name."""
    apart = told(bizStep=POLISHED, disposition="https://example.org/shines")
    together = told(**RUN_TOGETHER)
    assert event_hash(apart) == event_hash(together)
    result = keep(dan, goods, apart, together, mode="proceed")
    assert [one.fate for one in result.outcomes] == ["accepted", "refused"]
    assert codes(result) == codes(keep(dan, goods, together)) == {"hash_taken"}
    elsewhere = replace(apart, event_id="urn:uuid:4b1d41f5-2bd1-4f58-b0a5-2c8d1d0a4b11")
    assert keep(dan, goods, elsewhere).outcomes[0].fate == "repeated"


def test_a_viewer_keeps_nothing(dan: Any, goods: Goods) -> None:
    from pharmatrace.kernel.refusal import Refused

    with pytest.raises(Refused):
        capture(
            actor=replace(dan.actor, role="viewer"), events=[told()], at=goods.now, unmanaged=True
        )


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (lambda: told(epcList=[f"{RESOLVER}01/04012345111118/21/{n}" for n in range(2_001)]),
         "too_many_packages"),
        (lambda: told(eventTime="2027-11-02T09:00:00.000Z"), "in_future"),
        (lambda: replace(told(), extensions={"ex:a": "NUL \x00"}, namespaces={"ex": "https://e.x/"}),
         "cannot_be_stored"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_itself_is_refused(
    event: Callable[[], Any], code: str, dan: Any, goods: Goods
) -> None:
    assert codes(keep(dan, goods, event())) == {code}


def test_a_declaration_about_one_is_stored_beside_it(dan: Any, petra: Any, goods: Goods) -> None:
    keep(dan, goods, told()).raise_refused()
    declaration = wrong(told(), at=goods.now)
    assert codes(keep(petra, goods, declaration)) == {
        "declared_unknown"
    }  # what Dan was told is his
    [outcome] = keep(dan, goods, declaration).outcomes
    assert (outcome.fate, outcome.kind) == ("accepted", "declare_error")
    event = CustodyEvent.objects.get(kind="declare_error")
    assert (event.package_count, facts_of(event)["managed"]) == (0, False)


def test_managed_and_unmanaged_events_go_through_one_document(
    mia: Any, dan: Any, goods: Goods
) -> None:
    made = acts.commission(uris(1), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick())
    result = keep(mia, goods, told(), made, goods.shipment(mia, uris(1), dan))
    assert [one.kind for one in result.outcomes] == ["unmanaged", "commission", "ship"]
    assert package(uri("S0")).consignee == dan.organisation


def test_a_rollback_takes_the_unmanaged_back_too(dan: Any, goods: Goods) -> None:
    result = keep(dan, goods, told(), told(epcList=[uri("FAKE")]))
    assert [one.fate for one in result.outcomes] == ["rolled_back", "refused"]
    assert CustodyEvent.objects.count() == 0


def test_a_thousand_cost_no_more_statements_than_two(
    dan: Any, goods: Goods, django_assert_max_num_queries: Any
) -> None:
    keep(dan, goods, told()).raise_refused()
    events = [told(epcList=[f"{RESOLVER}01/04012345111118/21/A{n}"]) for n in range(300)]
    with django_assert_max_num_queries(20):
        keep(dan, goods, *events).raise_refused()


def test_what_was_kept_before_the_product_was_registered_is_not_said_to_count(
    mia: Any, goods: Goods
) -> None:
    """Mia's line was faster than her office."""
    stranger = told(action="ADD", bizStep="commissioning", disposition="active")
    keep(mia, goods, stranger).raise_refused()
    [again] = keep(mia, goods, stranger).outcomes
    assert (again.fate, again.kind) == ("repeated", "unmanaged")
    gtin = STRANGE.removeprefix(RESOLVER)[3:17]
    register_product(
        actor=mia.actor, gtin=gtin, name="Latin", strength="", form="tablet", pack_size="30",
        national_codes={}, market="PT", at=goods.now,
    )  # fmt: skip
    assert codes(keep(mia, goods, stranger)) == {"kept_as_unmanaged"}
    assert codes(goods.record(mia, stranger)) == {"kept_as_unmanaged"}
    [declared] = keep(mia, goods, wrong(stranger, at=goods.now)).outcomes
    assert (declared.fate, declared.kind) == ("accepted", "declare_error")
    assert codes(keep(mia, goods, stranger)) == {"kept_as_unmanaged"}


@pytest.mark.parametrize("field", ["bizStep", "disposition", "readPoint", "bizLocation", "eventID"])
def test_the_longest_uris_that_are_read_fit_the_indexes(mia: Any, goods: Goods, field: str) -> None:
    """2,048 octets that no index can compress."""
    longest = f"https://example.org/{secrets.token_hex(1014)}"
    place = field in ("readPoint", "bizLocation")
    event = told(**{field: {"id": longest} if place else longest})
    keep(mia, goods, event).raise_refused()
    assert CustodyEvent.objects.get().document[field] == ({"id": longest} if place else longest)
