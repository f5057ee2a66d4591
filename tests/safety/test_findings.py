"""A copy raises an alarm; a tired hand does not."""

from __future__ import annotations

from typing import Any

import pytest

from apps.parties.services import add_site, represent
from apps.safety.models import Alert
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from tests.cast import LONG_AGO
from tests.custody.goods import Goods, batch_of, codes, uri, uris

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(mia: Any) -> Goods:
    batch_of(mia)
    return Goods()


@pytest.fixture
def dispensed(mia: Any, petra: Any, goods: Goods) -> str:
    goods.commission(mia, uris(2))
    goods.move(uris(2), mia, petra)
    goods.do(Kind.DISPENSE, petra, [uri("S0")]).raise_refused()
    return uri("S0")


def test_a_serial_dispensed_elsewhere_is_a_clone_and_everyone_concerned_is_told(
    mia: Any, dan: Any, petra: Any, goods: Goods, dispensed: str
) -> None:
    goods.receive(dan, [dispensed], mia)
    clones = Alert.objects.filter(kind="clone")
    assert {alert.raised_for for alert in clones} == {
        mia.organisation, dan.organisation, petra.organisation,
    }  # fmt: skip
    assert not any(petra.organisation.name in alert.sentence for alert in clones)


def test_scanning_ones_own_dispensed_pack_again_raises_nothing(
    petra: Any, goods: Goods, dispensed: str
) -> None:
    goods.do(Kind.DISPENSE, petra, [dispensed])
    assert not Alert.objects.exists()


def test_scanning_before_receiving_raises_nothing(
    mia: Any, dan: Any, petra: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(1))
    goods.ship(mia, uris(1), petra)
    goods.do(Kind.DISPENSE, petra, uris(1))
    assert not Alert.objects.exists()


def test_a_pack_that_was_never_registered_is_told(petra: Any, goods: Goods) -> None:
    goods.do(Kind.DISPENSE, petra, [uri("NEVER")])
    alert = Alert.objects.get()
    assert (alert.kind, alert.raised_for) == ("unknown", petra.organisation)


def test_a_clone_is_found_even_where_another_rule_is_told_first(
    mia: Any, goods: Goods, dispensed: str
) -> None:
    refused = goods.do(Kind.DISPENSE, mia, [dispensed]).outcomes[0].refusals
    assert refused[0].code == "not_licensed"
    assert Alert.objects.filter(kind="clone").exists()


def test_every_clone_of_a_delivery_is_found(
    mia: Any, dan: Any, petra: Any, goods: Goods, dispensed: str
) -> None:
    goods.do(Kind.DISPENSE, petra, [uri("S1")]).raise_refused()
    goods.receive(dan, [dispensed, uri("S1")], mia)
    paths = Alert.objects.filter(kind="clone", raised_for=dan.organisation)
    assert paths.values("package_path").distinct().count() == 2


def test_a_copy_at_another_shop_of_the_same_chain_is_found(
    petra: Any, goods: Goods, dispensed: str
) -> None:
    from apps.parties.actor import actor_of
    from apps.parties.models import Membership
    from apps.parties.services import add_member, add_site

    second = add_site(
        organisation=petra.organisation, gln="8437000000990", name="Second shop", city="Town",
        country="PT", at=goods.now,
    )  # fmt: skip
    member: Membership = add_member(
        email="paul@test.example", name="Paul", password=None, organisation=petra.organisation,
        role="operator", site=second, at=goods.now,
    )  # fmt: skip
    from apps.custody.services import capture
    from pharmatrace.kernel.custody import acts

    event = acts.act(Kind.DISPENSE, [dispensed], site_gln=second.gln, at=goods.tick())
    capture(actor=actor_of(member), events=[event], at=goods.now)
    assert Alert.objects.filter(kind="clone").exists()


def test_a_partners_second_scan_raises_nothing(
    mia: Any, dan: Any, petra: Any, goods: Goods, dispensed: str
) -> None:
    petra.organisation.keys.update(revoked_at=LONG_AGO)  # she reports, and Dan records
    represent(partner=petra.organisation, representative=dan.organisation, at=LONG_AGO)
    again = acts.act(Kind.DISPENSE, [dispensed], site_gln=petra.site.gln, at=goods.tick())
    assert codes(goods.record(dan, again)) == {"already_dispensed"}
    assert not Alert.objects.exists()
    goods.do(Kind.LOCK, dan, [dispensed])  # at Dan's own site it is a copy
    assert Alert.objects.filter(kind="clone").exists()


def test_where_it_was_scanned_counts_and_not_where_the_machine_stands(
    petra: Any, goods: Goods, dispensed: str
) -> None:
    office = add_site(
        organisation=petra.organisation, gln="8437000000990", name="Office", city="Lisboa",
        country="PT", at=goods.now,
    )  # fmt: skip
    petra.membership.site = office
    goods.do(Kind.DISPENSE, petra, [dispensed])
    assert not Alert.objects.exists()
