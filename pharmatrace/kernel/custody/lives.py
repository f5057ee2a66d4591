"""The lives of packages, read again: from what happened to a package, without what was declared wrong, its
state at any point. Bulk: everything is in memory, and a container's state is worked out once for all that
came out of it together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from pharmatrace.kernel.custody.effects import (
    Deed,
    born,
    change_of,
    is_pack,
    put_in,
    taken_out,
)
from pharmatrace.kernel.custody.kinds import Kind, Level
from pharmatrace.kernel.custody.world import PackageState


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event in one package's life.

    `event` is its hash ID. For packing and unpacking: the `container`, whether the package is that container
    (`outer`), and whether containers were packed into it (`tall`).
    """

    event: str
    deed: Deed
    container: UUID | None = None
    outer: bool = False
    tall: bool = False


@dataclass(slots=True)
class Lives:
    """Chapters per package, oldest first. `wrong` are the events declared wrong.

    `erased` are packages of whose lives something was erased: nothing can be worked out for them.
    `shells` are packages as they are now, for those that are looked at and not changed: containers that
    something came out of once.
    """

    chapters: dict[UUID, list[Chapter]] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    erased: set[UUID] = field(default_factory=set)
    shells: dict[UUID, PackageState] = field(default_factory=dict)

    def add(self, packages: Iterable[UUID], chapter: Chapter) -> None:
        """A further event of these packages; the container of a packing or unpacking comes first. Packages
        whose lives are not followed are passed over."""
        for at, id in enumerate(packages):
            if id in self.chapters:
                outer = at == 0 and chapter.container is not None
                self.chapters[id].append(replace(chapter, outer=outer))

    def has(self, id: UUID, event: str) -> bool:
        """Whether `event` happened to this package, wrong or not."""
        return any(one.event == event for one in self.chapters.get(id, ()))

    def since(self, id: UUID, event: str) -> list[Chapter]:
        """What happened after `event` and stands, oldest first. To be looked at (inspect) is nothing that
        happens to a package."""
        chapters = self.chapters.get(id, [])
        at = next(n for n, one in enumerate(chapters) if one.event == event)
        return [
            one
            for one in chapters[at + 1 :]
            if one.event not in self.wrong and one.deed.kind is not Kind.INSPECT
        ]


@dataclass(slots=True)
class Replay:
    """`wrong` are the events to leave out."""

    lives: Lives
    wrong: Collection[str]
    _containers: dict[tuple[UUID, str], PackageState] = field(default_factory=dict)

    def state(self, now: PackageState, *, before: str | None = None) -> PackageState | None:
        """The state of a package after all its life, or before the event `before`; None where it was not
        brought to life. `now` is any state of it: its path and batch count."""
        state: PackageState | None = None
        for chapter in self.lives.chapters.get(now.id, ()):
            if chapter.event == before:
                break
            if chapter.event not in self.wrong:
                state = self._after(state, chapter, now)
        return state

    def _after(
        self, state: PackageState | None, chapter: Chapter, now: PackageState
    ) -> PackageState | None:
        deed = chapter.deed
        if deed.kind is Kind.COMMISSION:
            level = Level.PACK if is_pack(now.path) else Level.CASE
            return born(now.id, now.path, level, now.batch, deed)
        if deed.kind is Kind.PACK and chapter.outer:
            state = state or born(now.id, now.path, Level.CASE, None, deed)
            return replace(state, level=Level.PALLET) if chapter.tall else state
        if state is None:
            return None  # somebody looked at what turned out not to exist
        if deed.kind is Kind.PACK:
            assert chapter.container is not None
            return put_in(state, chapter.container)
        if deed.kind is Kind.UNPACK:
            return state if chapter.outer else taken_out(state, self._container(chapter))
        return replace(state, **change_of(deed))

    def _container(self, chapter: Chapter) -> PackageState:
        """The container as it was when something came out of it."""
        assert chapter.container is not None
        key = (chapter.container, chapter.event)
        if key not in self._containers:
            found = self.state(self.lives.shells[chapter.container], before=chapter.event)
            assert found is not None  # what holds something is there
            self._containers[key] = found
        return self._containers[key]
