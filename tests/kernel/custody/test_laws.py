"""Laws that hold for every sequence of events, whoever sends them in whatever order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.custody.kinds import Kind, Status
from pharmatrace.kernel.refusal import Refused
from tests.kernel.custody.chain import CASES, DAN, MIA, PACKS, PALLET, PAUL, PETRA, ROSA, Chain

PARTIES = st.sampled_from([MIA, DAN, PETRA, PAUL, ROSA])
ITEMS = [*PACKS, *CASES, PALLET]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(Kind),
        st.lists(st.sampled_from(ITEMS), min_size=1, max_size=4, unique=True),
        PARTIES,
        PARTIES,
    ),
    max_size=40,
)


def play(steps: list[tuple]) -> Chain:  # type: ignore[type-arg]
    chain = Chain()
    chain.record(Kind.COMMISSION, PACKS, by=MIA)
    for kind, paths, by, to in steps:
        if kind in (Kind.PACK, Kind.UNPACK):
            paths = sorted(paths, key=ITEMS.index, reverse=True)  # containers first
        before = dict(chain.states)
        try:
            chain.record(kind, paths, by=by, to=to)
        except Refused:
            assert chain.states == before  # a refused event changes nothing
    return chain


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_one_custodian_and_one_only(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    chain = play(steps)
    for state in chain.states.values():
        assert (state.parent is None) == (state.custodian is not None) == (state.site is not None)
        assert state.consignee is None or state.status is Status.IN_TRANSIT
        climbed = [state]
        while climbed[-1].parent is not None:
            climbed.append(chain.states[climbed[-1].parent])
            assert len(climbed) <= len(chain.states), "a container is inside itself"
        assert climbed[-1].custodian is not None


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_replaying_the_events_from_nothing_gives_the_same_states(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    chain = play(steps)
    again: dict = {}  # type: ignore[type-arg]
    for act, by, now in chain.accepted:
        again.update({s.id: s for s in decide(again, act, by, now, world=chain.world)})
    assert again == chain.states


@settings(max_examples=200, deadline=None)
@given(STEPS, st.sampled_from(Kind), PARTIES)
def test_from_destroyed_and_stolen_nothing_comes_back(
    steps: list[tuple],  # type: ignore[type-arg]
    kind: Kind,
    by: object,
) -> None:
    chain = play(steps)
    for state in list(chain.states.values()):
        if state.status in (Status.DESTROYED, Status.STOLEN) and state.parent is None:
            chain.codes(kind, [state.path], by=by, to=DAN)
            after = chain.state(state.path).status
            assert after is state.status or (state.status, after) == (
                Status.STOLEN,
                Status.DESTROYED,
            )
