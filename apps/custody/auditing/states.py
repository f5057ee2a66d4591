"""Every package's state against a replay of what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from apps.custody.auditing.chains import touched
from apps.custody.loading import states_now
from apps.custody.past import lives_of
from apps.ledger.auditing.streams import stream
from apps.ledger.audits import Finding, Span, register_for_span
from pharmatrace.kernel.custody.kinds import Status
from pharmatrace.kernel.custody.lives import Lives, Replay
from pharmatrace.kernel.custody.world import PackageState

BATCH = 2_000
COLUMNS = ("level", "parent", "custodian", "site", "status", "status_at", "consignee")


@register_for_span("states")
def states_follow_from_histories(span: Span) -> Iterator[Finding]:
    """What stands of every history, replayed by the rules, leads to the state in the row; each column that says
    something else is named. Where a part was erased, nothing can be said."""
    within, parameters = touched(span, "p.id")
    query = f"SELECT p.id FROM custody_package p WHERE {within} ORDER BY p.id"  # noqa: S608
    batch: list[UUID] = []
    for (id,) in stream(query, parameters):
        batch.append(id)
        if len(batch) == BATCH:
            yield from _compare(batch)
            batch = []
    yield from _compare(batch)


def _compare(ids: list[UUID]) -> Iterator[Finding]:
    states = states_now(ids)
    if not states:
        return
    lives = lives_of(ids, states)
    replay = Replay(lives, lives.wrong)
    for id, state in states.items():
        if lives.erased and _leans_on_erased(id, lives):
            continue
        try:
            again = replay.state(state)
        except (AssertionError, KeyError) as fault:
            yield Finding(f"package {state.path}", f"Its history cannot be replayed ({fault!r}).")
            continue
        yield from _differences(state, again)


def _leans_on_erased(id: UUID, lives: Lives) -> bool:
    """Whether a part of its history was erased, or of anything it was in: that may be what led here."""
    looked, left = set(), {id}
    while left:
        one = left.pop()
        looked.add(one)
        if one in lives.erased:
            return True
        inside = {chapter.container for chapter in lives.chapters.get(one, ())}
        left |= {container for container in inside if container is not None} - looked
    return False


def _differences(state: PackageState, again: PackageState | None) -> Iterator[Finding]:
    place = f"package {state.path}"
    if again is None:
        if state.status is not Status.VOID:
            yield Finding(place, "Nothing that stands brought it to life, and it is not void.")
        return
    for column in COLUMNS:
        found, expected = getattr(state, column), getattr(again, column)
        if found != expected:
            yield Finding(
                place, f"Column {column}: it says {found}; its history leads to {expected}."
            )
