"""Laws of corrections, for every sequence of events, whoever sends them and declares them wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.custody.corrections import FINAL, Declared, reverse
from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.custody.effects import OUTGOING, Deed, is_pack
from pharmatrace.kernel.custody.kinds import Kind, Status
from pharmatrace.kernel.custody.lives import Chapter, Lives, Replay
from pharmatrace.kernel.custody.world import Party
from pharmatrace.kernel.refusal import Refused
from tests.kernel.custody.chain import (
    CASES,
    DAN,
    MIA,
    PACKS,
    PALLET,
    PAUL,
    PETRA,
    ROSA,
    SITES,
    Chain,
)

PARTIES = st.sampled_from([MIA, DAN, PETRA, PAUL, ROSA])
ITEMS = [*PACKS, *CASES, PALLET]
DOINGS = st.tuples(
    st.sampled_from(Kind),
    st.lists(st.sampled_from(ITEMS), min_size=1, max_size=4, unique=True),
    PARTIES,
    PARTIES,
)
DECLARATIONS = st.integers(min_value=1, max_value=4)  # the how manieth accepted event, from the end
STEPS = st.lists(DOINGS | DOINGS | DECLARATIONS, max_size=40)


@dataclass
class Story:
    """A chain of which events may be declared wrong."""

    chain: Chain = field(default_factory=Chain)
    lives: Lives = field(default_factory=Lives)
    told: dict[str, tuple[Act, Party]] = field(default_factory=dict)

    def record(self, kind: Kind, paths: list[str], by: Party, to: Party) -> bool:
        try:
            self.chain.record(kind, paths, by=by, to=to)
        except Refused:
            return False
        act, _, _ = self.chain.accepted[-1]
        name = f"event {len(self.told)}"
        self.told[name] = (act, by)
        packing = kind in (Kind.PACK, Kind.UNPACK)
        chapter = Chapter(
            name,
            Deed(
                kind, by.id, SITES[by.id].id, to.id if kind in OUTGOING else None, act.occurred_at
            ),
            container=act.packages[0][0] if packing else None,
            tall=kind is Kind.PACK and not all(is_pack(path) for _, path in act.packages[1:]),
        )
        for id, _ in act.packages:
            self.lives.chapters.setdefault(id, [])
        self.lives.add((id for id, _ in act.packages), chapter)
        self.lives.shells.update(self.chain.states)
        return True

    def declare(self, name: str) -> None:
        """May raise `Refused`; then nothing is changed."""
        act, by = self.told[name]
        self.chain.now += timedelta(minutes=1)
        now = self.chain.now
        out = reverse(
            Declared(name, act.kind, frozenset({by.id}), act.occurred_at, len(act.packages)),
            act.packages,
            states=self.chain.states, lives=self.lives, declarer=by.id, declared_at=now, now=now,
        )  # fmt: skip
        self.chain.states.update({state.id: state for state in out})
        self.lives.wrong.add(name)

    @property
    def standing(self) -> list[str]:
        return [name for name in self.told if name not in self.lives.wrong]


def play(steps: list) -> Story:  # type: ignore[type-arg]
    story = Story()
    story.record(Kind.COMMISSION, PACKS, MIA, MIA)
    for step in steps:
        if isinstance(step, int):
            if len(story.standing) >= step:
                before = dict(story.chain.states)
                try:
                    story.declare(story.standing[-step])
                except Refused:
                    assert story.chain.states == before
            continue
        kind, paths, by, to = step
        if kind in (Kind.PACK, Kind.UNPACK):
            paths = sorted(paths, key=ITEMS.index, reverse=True)  # containers first
        story.record(kind, paths, by, to)
    return story


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_the_states_are_those_of_the_events_that_stand(steps: list) -> None:  # type: ignore[type-arg]
    """Replayed from nothing by the rules themselves: without the wrong events all others are still allowed, and
    lead to the same states. What is left over was registered by mistake."""
    story = play(steps)
    again: dict = {}  # type: ignore[type-arg]
    for name in story.standing:
        act, by = story.told[name]
        if act.kind is Kind.INSPECT:
            continue  # may have looked at what turned out not to exist
        now = act.occurred_at
        again.update({s.id: s for s in decide(again, act, by, now, world=story.chain.world)})
    states = story.chain.states
    assert again == {id: s for id, s in states.items() if s.status is not Status.VOID}
    replay = Replay(story.lives, story.lives.wrong)
    assert {id: replay.state(state) for id, state in states.items()} == {
        id: again.get(id) for id in states
    }


@settings(max_examples=150, deadline=None)
@given(STEPS, DOINGS)
def test_declaring_wrong_and_recording_again_is_as_if_nobody_had_erred(
    steps: list,  # type: ignore[type-arg]
    doing: tuple,  # type: ignore[type-arg]
) -> None:
    story = play(steps)
    kind, paths, by, to = doing
    paths = sorted(paths, key=ITEMS.index, reverse=True)
    before = dict(story.chain.states)
    if kind in FINAL or not story.record(kind, paths, by, to):
        return
    once = dict(story.chain.states)
    act, _ = story.told[list(story.told)[-1]]
    story.declare(list(story.told)[-1])
    taken_back = {id: s for id, s in story.chain.states.items() if s.status is not Status.VOID}
    assert taken_back == {id: s for id, s in before.items() if s.status is not Status.VOID}
    states = story.chain.states
    again = decide(states, act, by, story.chain.now, world=story.chain.world)
    assert {**states, **{state.id: state for state in again}} == once


@settings(max_examples=50, deadline=None)
@given(STEPS)
def test_what_is_destroyed_or_stolen_stays_so(steps: list) -> None:  # type: ignore[type-arg]
    story = play(steps)
    for name in story.standing:
        act, _ = story.told[name]
        if act.kind in FINAL:
            with pytest.raises(Refused) as refused:
                story.declare(name)
            assert "never_reversed" in refused.value.codes


def test_a_packing_that_is_taken_back_leaves_no_trace_in_what_is_inside() -> None:
    story = Story()
    for kind, paths in ((Kind.COMMISSION, PACKS), (Kind.PACK, [CASES[0], *PACKS])):
        assert story.record(kind, paths, MIA, MIA)
    story.declare("event 1")
    packs = [story.chain.state(path) for path in PACKS]
    assert all(replace(one, parent=None) == one and one.custodian == MIA.id for one in packs)
    assert story.chain.state(CASES[0]).status is Status.VOID
