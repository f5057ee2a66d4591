"""Each rule, broken once: the code a user sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.custody.kinds import Kind, Level, Status
from pharmatrace.kernel.custody.world import Party, Place
from pharmatrace.kernel.refusal import Refused
from tests.kernel.custody.chain import (
    BATCH,
    CASES,
    DAN,
    EXPIRY,
    MIA,
    PACKS,
    PALLET,
    PAUL,
    PETRA,
    ROSA,
    STAN,
    Chain,
    act,
    with_packs,
    world,
)

ONE = PACKS[:1]


def at_the_pharmacy() -> Chain:
    chain = with_packs()
    chain.record(Kind.SHIP, PACKS, by=MIA, to=PETRA)
    chain.record(Kind.RECEIVE, PACKS, by=PETRA)
    return chain


def test_custody_moves_in_two_steps() -> None:
    chain = with_packs()
    chain.record(Kind.SHIP, ONE, by=MIA, to=DAN)
    sent = chain.state(ONE[0])
    assert (sent.status, sent.custodian, sent.consignee) == (Status.IN_TRANSIT, MIA.id, DAN.id)
    chain.record(Kind.RECEIVE, ONE, by=DAN)
    there = chain.state(ONE[0])
    assert (there.status, there.custodian, there.consignee) == (Status.ACTIVE, DAN.id, None)


@pytest.mark.parametrize(
    ("kind", "by", "to", "code"),
    [
        (Kind.COMMISSION, MIA, None, "already_registered"),
        (Kind.SHIP, DAN, PETRA, "not_custodian"),
        (Kind.SHIP, MIA, None, "consignee_missing"),
        (Kind.SHIP, MIA, STAN, "consignee_not_licensed"),
        (Kind.SHIP, MIA, ROSA, "consignee_not_licensed"),
        (Kind.RECEIVE, DAN, None, "not_consignee"),
        (Kind.RECEIVE, MIA, None, "already_received"),
        (Kind.RECEIVE, STAN, None, "not_licensed"),
        (Kind.CANCEL_SHIPMENT, MIA, None, "not_in_that_state"),
        (Kind.DISPENSE, MIA, None, "not_licensed"),
        (Kind.UNLOCK, MIA, None, "not_in_that_state"),
        (Kind.UNDO_DISPENSE, PETRA, None, "not_custodian"),
        (Kind.INSPECT, DAN, None, "not_custodian"),
        (Kind.DESTROY, PETRA, None, "not_custodian"),
    ],
)
def test_on_a_fresh_pack(kind: Kind, by: object, to: object, code: str) -> None:
    assert code in with_packs().codes(kind, ONE, by=by, to=to)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ([Kind.DISPENSE], "already_dispensed"),
        ([Kind.LOCK], "locked"),
        ([Kind.REPORT_STOLEN], "stolen"),
        ([Kind.DESTROY], "destroyed"),
        ([Kind.DECOMMISSION], "decommissioned"),
        ([Kind.SAMPLE], "sampled"),
        ([Kind.EXPORT], "exported"),
    ],
)
def test_what_left_the_shelf_is_not_dispensed(path: list[Kind], code: str) -> None:
    chain = at_the_pharmacy()
    for kind in path:
        chain.record(kind, ONE, by=PETRA)
    assert chain.codes(Kind.DISPENSE, ONE, by=PETRA) == {code}


def test_a_copy_dispensed_elsewhere_is_told_as_already_dispensed_first() -> None:
    chain = at_the_pharmacy()
    chain.record(Kind.DISPENSE, ONE, by=PETRA)
    with pytest.raises(Refused) as refused:
        chain.record(Kind.DISPENSE, ONE, by=PAUL)
    assert refused.value.codes == ("already_dispensed", "not_custodian")


@pytest.mark.parametrize("left", [Kind.REPORT_STOLEN, Kind.DESTROY])
def test_stolen_and_destroyed_are_never_undone(left: Kind) -> None:
    chain = at_the_pharmacy()
    chain.record(left, ONE, by=PETRA)
    for kind in (Kind.UNDO_DISPENSE, Kind.REINSTATE, Kind.UNLOCK):
        assert chain.codes(kind, ONE, by=PETRA)


def test_undo_ends_after_ten_days() -> None:
    chain = at_the_pharmacy()
    chain.record(Kind.DISPENSE, PACKS[:2], by=PETRA)
    chain.record(Kind.UNDO_DISPENSE, PACKS[:1], by=PETRA, after=timedelta(days=10))
    late = chain.codes(Kind.UNDO_DISPENSE, PACKS[1:2], by=PETRA, after=timedelta(seconds=1))
    assert late == {"undo_window_over"}


@pytest.mark.parametrize(
    ("change", "code"),
    [({"recalled": True}, "recalled"), ({"withdrawn": True}, "withdrawn")],
)
def test_unsound_goods_are_stopped_and_may_go_back(change: dict[str, bool], code: str) -> None:
    chain = at_the_pharmacy()
    chain.world = world(replace(BATCH, **change))  # type: ignore[arg-type]
    assert chain.codes(Kind.DISPENSE, ONE, by=PETRA) == {code}
    assert chain.codes(Kind.SHIP, ONE, by=PETRA, to=DAN) == {code}
    assert chain.codes(Kind.EXPORT, ONE, by=PETRA) == {code}
    assert chain.codes(Kind.RETURN, ONE, by=PETRA, to=PAUL) == {"not_upstream"}
    assert chain.codes(Kind.RETURN, ONE, by=PETRA, to=DAN) == set()


def test_expired_on_the_day_after() -> None:
    chain = at_the_pharmacy()
    last_day = EXPIRY - chain.now.date()
    assert chain.codes(Kind.DISPENSE, ONE, by=PETRA, after=last_day) == set()
    assert chain.codes(Kind.DISPENSE, PACKS[1:2], by=PETRA, after=timedelta(days=1)) == {"expired"}


def test_a_recalled_pack_deep_inside_stops_the_pallet() -> None:
    chain = with_packs()
    chain.record(Kind.PACK, [CASES[0], *PACKS[:3]], by=MIA)
    chain.world = world(replace(BATCH, recalled=True))
    chain.world.contents[chain.state(CASES[0]).id] = {
        chain.state(path).id: frozenset({BATCH.id}) for path in PACKS[:3]
    }
    assert chain.codes(Kind.SHIP, CASES[:1], by=MIA, to=DAN) == {"recalled"}


def test_what_is_inside_follows_the_outermost() -> None:
    chain = with_packs()
    chain.record(Kind.PACK, [CASES[0], *PACKS[:3]], by=MIA)
    chain.record(Kind.PACK, [PALLET, CASES[0]], by=MIA)
    assert chain.state(PALLET).level is Level.PALLET
    assert chain.state(PACKS[0]).custodian is None
    assert chain.codes(Kind.SHIP, PACKS[:1], by=MIA, to=DAN) == {"packed_inside"}
    assert chain.codes(Kind.SHIP, CASES[:1], by=MIA, to=DAN) == {"packed_inside"}
    assert len(chain.record(Kind.SHIP, [PALLET], by=MIA, to=DAN)) == 1
    chain.record(Kind.RECEIVE, [PALLET], by=DAN)
    chain.record(Kind.UNPACK, [PALLET, CASES[0]], by=DAN)
    chain.record(Kind.UNPACK, [CASES[0], *PACKS[:3]], by=DAN)
    assert chain.state(PACKS[0]).custodian == DAN.id


def test_the_consignee_may_open_what_arrives_and_refuse_a_part() -> None:
    chain = with_packs()
    chain.record(Kind.PACK, [CASES[0], *PACKS[:3]], by=MIA)
    chain.record(Kind.SHIP, CASES[:1], by=MIA, to=DAN)
    chain.record(Kind.UNPACK, [CASES[0], *PACKS[:3]], by=DAN)
    chain.record(Kind.RECEIVE, PACKS[:2], by=DAN)
    chain.record(Kind.REFUSE, PACKS[2:3], by=DAN)
    assert chain.state(PACKS[0]).custodian == DAN.id
    back = chain.state(PACKS[2])
    assert (back.custodian, back.status, back.consignee) == (MIA.id, Status.ACTIVE, None)


def test_packing_rules() -> None:
    chain = with_packs()
    chain.record(Kind.PACK, [CASES[0], *PACKS[:2]], by=MIA)
    assert chain.codes(Kind.PACK, [CASES[1], PACKS[0]], by=MIA) == {"packed_inside"}
    assert chain.codes(Kind.PACK, [PACKS[3], PACKS[4]], by=MIA) == {"not_a_container"}
    assert chain.codes(Kind.UNPACK, [CASES[0], PACKS[4]], by=MIA) == {"not_inside"}
    assert chain.codes(Kind.DISPENSE, CASES[:1], by=PETRA) >= {"not_a_pack"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"site": None}, "site_missing"),
        ({"site": "nowhere"}, "site_unknown"),
        ({"site": "site-dan"}, "site_not_yours"),
        ({"lot": "L2"}, "batch_unknown"),
        ({"expiry": None}, "expiry_differs"),
    ],
)
def test_commissioning_says_where_and_what(change: dict[str, object], code: str) -> None:
    chain = Chain()
    one = replace(act(Kind.COMMISSION, ONE, by=MIA, at=chain.now), **change)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        decide({}, one, MIA, chain.now, world=chain.world)
    assert code in refused.value.codes


def test_a_batch_does_not_overflow_and_belongs_to_its_maker() -> None:
    chain = Chain(world=world(replace(BATCH, room=5)))
    assert chain.codes(Kind.COMMISSION, PACKS, by=MIA) == {"batch_full"}
    chain = Chain()
    assert chain.codes(Kind.COMMISSION, PACKS, by=DAN) >= {"not_manufacturer", "not_licensed"}


def test_times_must_make_sense() -> None:
    chain = with_packs()
    early = act(Kind.LOCK, ONE, by=MIA, at=chain.now - timedelta(hours=1))
    late = act(Kind.LOCK, ONE, by=MIA, at=chain.now + timedelta(hours=1))
    for one, code in ((early, "before_last_event"), (late, "in_future")):
        with pytest.raises(Refused) as refused:
            decide(chain.states, one, MIA, chain.now, world=chain.world)
        assert refused.value.codes == (code,)


def test_every_broken_rule_is_named_once_however_many_packs_break_it() -> None:
    chain = with_packs()
    with pytest.raises(Refused) as refused:
        chain.record(Kind.SHIP, PACKS, by=STAN, to=STAN)
    codes = refused.value.codes
    assert set(codes) == {"not_licensed", "not_custodian", "consignee_not_licensed"}
    held = next(one for one in refused.value.refusals if one.code == "not_custodian")
    assert held.data["count"] == len(PACKS)


def test_a_stolen_case_speaks_through_what_is_inside() -> None:
    chain = at_the_pharmacy()
    chain.record(Kind.PACK, [CASES[0], *ONE], by=PETRA)
    chain.record(Kind.REPORT_STOLEN, CASES[:1], by=PETRA)
    with pytest.raises(Refused) as refused:
        chain.record(Kind.DISPENSE, ONE, by=PAUL)
    assert refused.value.codes == ("stolen", "not_custodian", "packed_inside")


def test_a_clock_set_back_undoes_nothing_and_revives_nothing() -> None:
    chain = at_the_pharmacy()
    chain.record(Kind.DISPENSE, ONE, by=PETRA)
    back = act(Kind.UNDO_DISPENSE, ONE, by=PETRA, at=chain.now)
    with pytest.raises(Refused) as refused:
        decide(chain.states, back, PETRA, chain.now + timedelta(days=40), world=chain.world)
    assert refused.value.codes == ("undo_window_over",)
    old = act(Kind.DISPENSE, PACKS[1:2], by=PETRA, at=chain.now)
    with pytest.raises(Refused) as refused:
        decide(chain.states, old, PETRA, chain.now + timedelta(days=500), world=chain.world)
    assert refused.value.codes == ("expired",)


def test_a_late_scanner_is_believed_for_a_day() -> None:
    chain = at_the_pharmacy()
    last = datetime.combine(EXPIRY, time(23, 50), tzinfo=UTC)
    late = act(Kind.DISPENSE, ONE, by=PETRA, at=last)
    assert decide(chain.states, late, PETRA, last + timedelta(hours=9), world=chain.world)


def test_what_is_done_happens_where_it_is_done() -> None:
    chain = at_the_pharmacy()
    other = Place(BATCH.id, "site-petra-2", PETRA.id)
    chain.world.places[other.gln] = other
    there = replace(act(Kind.DISPENSE, ONE, by=PETRA, at=chain.now), site=other.gln)
    (state,) = decide(chain.states, there, PETRA, chain.now, world=chain.world)
    chain.states[state.id] = state
    assert chain.codes(Kind.UNDO_DISPENSE, ONE, by=PETRA) == {"undo_elsewhere"}
    undo = replace(act(Kind.UNDO_DISPENSE, ONE, by=PETRA, at=chain.now), site=other.gln)
    assert decide(chain.states, undo, PETRA, chain.now, world=chain.world)


@pytest.mark.parametrize(
    ("kind", "by", "change", "code"),
    [
        (Kind.SHIP, MIA, {"sender": DAN.gln}, "sender_differs"),
        (Kind.RECEIVE, DAN, {"consignee": PETRA.gln}, "consignee_differs"),
        (Kind.RECEIVE, DAN, {"sender": PETRA.gln}, "sender_differs"),
        (Kind.REFUSE, DAN, {"sender": "0000000000000"}, "sender_differs"),
    ],
)
def test_nobody_signs_for_somebody_else(
    kind: Kind, by: Party, change: dict[str, str], code: str
) -> None:
    chain = with_packs()
    if by is DAN:
        chain.record(Kind.SHIP, ONE, by=MIA, to=DAN)
    one = replace(act(kind, ONE, by=by, at=chain.now, to=DAN), **change)
    with pytest.raises(Refused) as refused:
        decide(chain.states, one, by, chain.now, world=chain.world)
    assert refused.value.codes == (code,)


def test_stock_moves_between_two_sites_of_one_company() -> None:
    chain = with_packs()
    chain.record(Kind.SHIP, ONE, by=MIA, to=MIA)
    chain.record(Kind.RECEIVE, ONE, by=MIA)
    assert chain.state(ONE[0]).status is Status.ACTIVE


def test_a_container_number_of_somebody_else_is_not_taken() -> None:
    chain = at_the_pharmacy()
    chain.world.prefixes["9521234"] = MIA.id
    assert chain.codes(Kind.PACK, [CASES[0], *ONE], by=PETRA) == {"prefix_not_yours"}
    chain.world.prefixes["9521234"] = PETRA.id
    assert chain.codes(Kind.PACK, [CASES[0], *ONE], by=PETRA) == set()


def test_a_stop_at_the_counter_waits_for_an_answer_and_only_dispensing_waits_for_it() -> None:
    chain = at_the_pharmacy()
    one, two = (chain.state(path).id for path in PACKS[:2])
    chain.world.stopped.update({one: frozenset({PETRA.id}), two: frozenset({PAUL.id})})
    assert chain.codes(Kind.DISPENSE, PACKS[:2], by=PETRA) == {"stop_unanswered"}
    assert chain.codes(Kind.DISPENSE, PACKS[1:2], by=PETRA) == set(), "another pharmacy's stop"
    assert chain.codes(Kind.LOCK, ONE, by=PETRA) == set()
    chain.world.stopped.clear()
    assert chain.codes(Kind.UNLOCK, ONE, by=PETRA) == set()
    assert chain.codes(Kind.DISPENSE, ONE, by=PETRA) == set()


def test_packing_ends_somewhere() -> None:
    chain = with_packs()
    chain.record(Kind.PACK, [CASES[0], *ONE], by=MIA)
    chain.world.heights[chain.state(CASES[0]).id] = 8
    assert chain.codes(Kind.PACK, [PALLET, CASES[0]], by=MIA) == {"too_deep"}
