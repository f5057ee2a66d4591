"""What arrives: scanned as a pallet or pack by pack, with what is missing, too much, damaged or mislabelled."""

from __future__ import annotations

from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from apps.desk.sessions.change_lines import refuse_line
from apps.desk.sessions.reviewing import review_of
from apps.desk.sessions.selectors import progress_of
from tests.custody.goods import CASE, CASE_2, GTIN, PALLET, package, uri, uris
from tests.desk.sessions.conftest import arrive, begin

GS = "\x1d"


@pytest.fixture
def pallet(mia: Any, dan: Any, goods: Any) -> None:
    """Two cases of ten packs on a pallet, on their way to Dan."""
    goods.commission(mia, uris(20))
    goods.pack(mia, CASE, uris(10))
    goods.pack(mia, CASE_2, uris(20)[10:])
    goods.pack(mia, PALLET, [CASE, CASE_2])
    goods.ship(mia, [PALLET], dan).raise_refused()


def test_the_pallet_stands_for_all_that_is_inside(pallet: Any, mia: Any, dan: Any) -> None:
    gun = arrive(dan, mia)
    assert gun.session.expected == 20
    assert gun.outcomes(PALLET) == [("good", "")]
    assert progress_of(gun.session).words == "20 of 20 packs"
    assert gun.sign().signed
    assert package(PALLET).custodian == dan.organisation
    assert CustodyEvent.objects.filter(kind="receive").count() == 1


def test_pack_by_pack_tells_what_is_missing_and_leaves_it_with_the_sender(
    pallet: Any, mia: Any, dan: Any
) -> None:
    gun = arrive(dan, mia)
    gun.scan(*uris(17))
    assert progress_of(gun.session).words == "17 of 20 packs, 3 missing"
    review = review_of(gun.session)
    assert [(one.path, one.packs, one.missing) for one in review.opened] == [
        (package(PALLET).path, 20, 3)
    ]
    assert [one.path for one in review.missing] == [package(u).path for u in uris(20)[17:]]
    assert gun.sign().signed
    assert package(CASE).custodian_id is None, "the first case is still on its pallet"
    assert package(PALLET).custodian == package(CASE_2).custodian == dan.organisation
    assert package(uri("S16")).parent_id == package(CASE_2).pk
    missing = package(uri("S17"))
    assert (missing.status, missing.custodian, missing.consignee) == (
        "in_transit", mia.organisation, dan.organisation,
    )  # fmt: skip
    assert len(gun.now().result["missing"]) == 3


def test_a_part_may_stand_for_the_whole_container(pallet: Any, mia: Any, dan: Any) -> None:
    gun = arrive(dan, mia)
    gun.scan(uri("S0"))
    assert gun.sign(whole=[package(PALLET).pk]).signed
    assert package(PALLET).custodian == dan.organisation
    assert package(uri("S19")).parent_id == package(CASE_2).pk


def test_damaged_packs_are_refused_out_of_their_case(pallet: Any, mia: Any, dan: Any) -> None:
    gun = arrive(dan, mia)
    gun.scan(PALLET, uri("S3"))
    line = gun.line("S3")
    assert line.code == "inside_scanned"
    refuse_line(
        actor=dan.actor, session_id=gun.session.pk, line_id=line.pk, reason="damaged",
        at=gun.session.opened_at,
    )  # fmt: skip
    assert gun.sign().signed
    damaged = package(uri("S3"))
    assert (damaged.status, damaged.custodian) == ("active", mia.organisation)
    assert package(PALLET).custodian == dan.organisation
    assert gun.now().result["refused"] == 1


def test_what_does_not_belong_here_is_told_and_not_recorded(
    mia: Any, dan: Any, petra: Any, goods: Any
) -> None:
    goods.commission(mia, uris(4))
    goods.ship(mia, uris(1), dan)
    goods.ship(mia, [uri("S2")], petra)
    gun = arrive(dan, mia)
    said = gun.outcomes(
        uri("S0"), uri("S1"), uri("S2"), uri("NEVER"), "rubbish", f"01{GTIN}21S0{GS}10WRONG"
    )
    assert said == [
        ("good", ""),
        ("stop", "not_consignee"),
        ("stop", "not_consignee"),
        ("unknown", "unknown_package"),
        ("unknown", "unreadable"),
        ("stop", "lot_differs"),
    ]
    assert gun.sign().signed
    assert package(uri("S1")).custodian == mia.organisation


def test_a_label_with_another_lot_stops(mia: Any, dan: Any, goods: Any) -> None:
    goods.commission(mia, uris(1))
    goods.ship(mia, uris(1), dan)
    gun = arrive(dan, mia)
    assert gun.outcomes(f"01{GTIN}21S0{GS}10WRONG") == [("stop", "lot_differs")]


@pytest.mark.parametrize("first", [PALLET, None])
def test_a_pack_with_another_lot_is_refused_out_of_its_pallet(
    pallet: Any, mia: Any, dan: Any, first: str | None
) -> None:
    gun = arrive(dan, mia)
    wrong = f"01{GTIN}21S3{GS}10WRONG"
    assert gun.outcomes(*([first] if first else uris(3)), wrong)[-1] == ("stop", "lot_differs")
    refuse_line(
        actor=dan.actor, session_id=gun.session.pk, line_id=gun.line("S3").pk,
        reason="wrong_lot", at=gun.session.opened_at,
    )  # fmt: skip
    review = review_of(gun.session)
    assert (len(review.refused), review.stop_count) == (1, 0)
    assert gun.sign().signed
    refused = package(uri("S3"))
    assert (refused.status, refused.custodian) == ("active", mia.organisation)
    assert gun.now().result["refused"] == 1


def test_without_a_delivery_whatever_comes_is_received_sender_by_sender(
    mia: Any, dan: Any, petra: Any, goods: Any
) -> None:
    goods.commission(mia, uris(3))
    goods.move([uri("S2")], mia, petra)
    goods.ship(mia, uris(2), dan)
    goods.ship(petra, [uri("S2")], dan, returning=True).raise_refused()
    gun = begin(dan, "receive")
    assert {code for _, code in gun.outcomes(*uris(3))} == {""}
    assert gun.sign().signed
    received = CustodyEvent.objects.filter(kind="receive", actor=dan.organisation)
    assert {event.counterparty_id for event in received} == {
        mia.organisation.pk, petra.organisation.pk,
    }  # fmt: skip


def test_another_delivery_of_the_same_sender_is_not_this_one(
    mia: Any, dan: Any, goods: Any
) -> None:
    goods.commission(mia, uris(1))
    goods.ship(mia, uris(1), dan)
    gun = begin(dan, "receive", party=mia.organisation, reference="urn:other")
    assert gun.outcomes(uri("S0")) == [("stop", "other_delivery")]
