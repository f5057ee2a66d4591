"""The one door: what is accepted stands in the record, what is refused changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from apps.custody.models import CustodyEvent, Package, PackageEvent, RefusedEvent
from apps.ledger.models import Pending, Statement
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from tests.custody.goods import EXPIRY, LOT, Goods, codes, package, uri, uris

pytestmark = pytest.mark.django_db


def test_an_accepted_event_is_stored_signed_and_waiting_to_be_sealed(
    mia: Any, goods: Goods
) -> None:
    result = goods.commission(mia, uris(3))
    assert [outcome.fate for outcome in result.outcomes] == ["accepted"]
    event = CustodyEvent.objects.get()
    assert (event.kind, event.package_count, event.actor) == ("commission", 3, mia.organisation)
    assert event.document["epcList"] == uris(3)
    assert Pending.objects.filter(statement=event.statement).exists()
    assert event.statement.subject == result.outcomes[0].event_hash
    first = package(uri("S0"))
    assert (first.seq, first.custodian, first.site, first.batch.lot) == (
        0, mia.organisation, mia.site, LOT,
    )  # fmt: skip


def test_heads_are_the_leaves_of_the_statement(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(3))
    goods.ship(mia, uris(2), dan)
    statement = CustodyEvent.objects.get(kind="ship").statement
    leaves = bytes(statement.leaves)
    assert bytes(package(uri("S1")).head) == leaves[-32:]
    assert bytes(package(uri("S0")).head) == leaves[-64:-32]
    assert package(uri("S1")).seq == 1


def test_a_repeated_event_is_answered_again_and_stored_once(mia: Any, goods: Goods) -> None:
    event = acts.commission(uris(2), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick())
    first, again = goods.record(mia, event), goods.record(mia, event, event)
    assert [outcome.fate for outcome in again.outcomes] == ["repeated", "repeated"]
    assert again.outcomes[0].event_id == first.outcomes[0].event_id
    assert CustodyEvent.objects.count() == 1


def test_the_same_event_twice_in_one_document_is_one_event(mia: Any, goods: Goods) -> None:
    event = acts.commission(uris(1), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick())
    first, second = goods.record(mia, event, event).outcomes
    assert (first.fate, second.fate) == ("accepted", "repeated")
    assert first.event_id == second.event_id is not None


def test_later_events_of_a_document_see_what_earlier_ones_did(
    mia: Any, dan: Any, goods: Goods
) -> None:
    made = acts.commission(uris(1), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick())
    sent = goods.shipment(mia, uris(1), dan)
    assert goods.record(mia, made, sent).ok
    one = package(uri("S0"))
    assert (one.seq, one.status, one.consignee) == (1, "in_transit", dan.organisation)
    assert PackageEvent.objects.filter(package=one).count() == 2


def test_rollback_writes_nothing_but_the_finding(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(1))
    good = goods.shipment(mia, uris(1), dan)
    bad = goods.shipment(mia, [uri("NEVER")], dan)
    result = goods.record(mia, good, bad)
    assert [outcome.fate for outcome in result.outcomes] == ["rolled_back", "refused"]
    assert package(uri("S0")).status == "active"
    assert Statement.objects.filter(type=1).count() == 1
    finding = RefusedEvent.objects.get()
    assert (finding.code, finding.package_path) == (
        "unknown_package", uri("NEVER").removeprefix("https://id.gs1.org/"),
    )  # fmt: skip


def test_proceed_goes_on_with_what_is_right(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(1))
    bad = goods.shipment(mia, [uri("NEVER")], dan)
    good = goods.shipment(mia, uris(1), dan)
    result = goods.record(mia, bad, good, mode="proceed")
    assert [outcome.fate for outcome in result.outcomes] == ["refused", "accepted"]
    assert package(uri("S0")).status == "in_transit"


def test_a_batch_does_not_overflow_within_one_document(mia: Any, goods: Goods) -> None:
    from tests.custody.goods import batch_of

    batch_of(mia, lot="TINY", quantity=3)
    parts = [
        acts.commission(
            [uri(f"T{n}") for n in serials],
            lot="TINY", expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick(),
        )
        for serials in ((1, 2), (3, 4))
    ]  # fmt: skip
    assert codes(goods.record(mia, *parts)) == {"batch_full"}
    assert Package.objects.count() == 0


def test_a_viewer_may_look_but_not_record(mia: Any, goods: Goods) -> None:
    from dataclasses import replace

    from apps.custody.services import capture
    from pharmatrace.kernel.refusal import Refused

    with pytest.raises(Refused) as refused:
        capture(actor=replace(mia.actor, role="viewer"), events=[], at=goods.now)
    assert refused.value.codes == ("not_operator",)


def test_contents_of_a_container_share_its_custody(
    mia: Any, dan: Any, petra: Any, goods: Goods
) -> None:
    from apps.custody.selectors import outermost
    from tests.custody.goods import CASE, PALLET

    goods.commission(mia, uris(3))
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.pack(mia, PALLET, [CASE]).raise_refused()
    before = PackageEvent.objects.count()
    goods.move([PALLET], mia, dan)
    assert (
        PackageEvent.objects.count() == before + 2
    )  # one row for the shipment, one for the receipt
    assert package(uri("S0")).custodian is None
    assert outermost(package(uri("S0"))).custodian == dan.organisation
    assert codes(goods.do(Kind.DISPENSE, petra, [uri("S0")])) >= {"packed_inside"}


def test_a_revoked_key_signs_nothing(mia: Any, goods: Goods) -> None:
    from apps.parties.services import revoke_key
    from pharmatrace.kernel.refusal import Refused

    revoke_key(key=mia.organisation.keys.get(), at=goods.now)
    with pytest.raises(Refused) as refused:
        goods.commission(mia, uris(1))
    assert refused.value.codes == ("no_signing_key",)
    assert Package.objects.count() == 0
