"""Opening and sealing, killed before every single SQL statement, commit and file operation, one after the other:
the next call goes on, and there is never a fork, a gap, or a duplicate (DESIGN §5)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.anchors.journal.backend import journal
from apps.anchors.services import sweep
from apps.ledger import copying
from apps.ledger.audits import audit
from apps.ledger.models import Checkpoint, Entry, Head, Pending
from apps.ledger.services import append, open_log, seal
from tests.ledger.statements import NOON, append_some, signed
from tests.ledger.test_hazards import Killed, whole

pytestmark = pytest.mark.django_db(transaction=True)
FILE_OPERATIONS = ("open", "write", "fsync", "ftruncate", "replace", "rename", "link")


class Steps:
    """Counts what a process does to the world, and dies before number `at`."""

    def __init__(self, at: int) -> None:
        self.at, self.done = at, 0
        self.last = ""

    def step(self, name: str) -> None:
        if self.done == self.at:
            self.last = name
            raise Killed(name)
        self.done += 1

    def statement(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self.step(sql[:60])
        return execute(sql, parameters, many, context)


@contextmanager
def killed_at(at: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    steps = Steps(at)

    def counting(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **named: Any) -> Any:
            steps.step(name)
            return real(*args, **named)

        return wrapped

    with monkeypatch.context() as patched, connection.execute_wrapper(steps.statement):
        for name in FILE_OPERATIONS:
            patched.setattr(os, name, counting(name, getattr(os, name)))
        patched.setattr(
            BaseDatabaseWrapper, "_commit", counting("COMMIT", BaseDatabaseWrapper._commit)
        )
        # COPY goes past Django's own wrappers.
        patched.setattr(copying._Lines, "__init__", counting("COPY", copying._Lines.__init__))
        yield steps


def leave_to_the_server() -> None:
    """What a dead process leaves: a connection that closes, and with it what was not committed."""
    connection.in_atomic_block, connection.needs_rollback = False, False
    connection.savepoint_ids.clear()
    connection.run_on_commit.clear()
    connection.close()


def at_every_step(
    work: Callable[[], object], check: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Runs `work` and kills it at step 0, 1, 2 … until it lives to its end; `check` after each. Returns where it
    was killed."""
    places: list[str] = []
    for at in range(400):
        with killed_at(at, monkeypatch) as steps:
            try:
                work()
            except BaseException:
                # Killed, or what Django makes of a COMMIT that never came back.
                if not steps.last:
                    raise
        leave_to_the_server()
        check()
        if not steps.last:
            return places
        places.append(steps.last)
    raise AssertionError(f"it never came to its end: {places[-5:]}")


def sound() -> None:
    """No gap, no duplicate, no fork; the journal knows no more than the database, and the same."""
    if Head.objects.exists():
        whole()
        assert [place for _, place in audit()] == []
    notes = dict(Checkpoint.objects.values_list("size", "note"))
    sizes = [line.size for line in journal().lines()]
    assert sizes == sorted(set(sizes))
    for line in journal().lines():
        assert notes[line.size] == line.note


def test_opening_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    places = at_every_step(lambda: open_log(at=NOON), sound, monkeypatch)
    assert {"COMMIT", "COPY"} <= set(places)
    assert Head.objects.get().size == 1 and Checkpoint.objects.count() == 1


def test_sealing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the edge of a tile, so that tiles are written too. After each death another process goes on."""
    open_log(at=NOON)
    append_some(250)
    seal(at=NOON)
    given = [250]

    def work() -> None:
        seal(at=NOON)

    def check() -> None:
        sound()
        assert Entry.objects.count() + Pending.objects.count() == 1 + given[0]
        seal(at=NOON)
        sweep(at=NOON)
        sound()
        assert not Pending.objects.exists() and Entry.objects.count() == 1 + given[0]
        assert journal().largest().size == 1 + given[0]  # type: ignore[union-attr]
        append_some(4, start=1000 * len(given) + 10_000)
        given[0] += 4
        given.append(0)

    places = at_every_step(work, check, monkeypatch)
    assert any("UPDATE ledger_head" in place for place in places)
    assert any("INSERT INTO ledger_checkpoint" in place for place in places)
    assert any("anchors_anchor" in place for place in places)
    assert {"COMMIT", "COPY", "write", "fsync"} <= set(places)
    seal(at=NOON)
    sound()
    assert not Pending.objects.exists()
    assert Entry.objects.count() == 1 + given[0]


def test_catching_up_with_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The journal fell behind, as after a full disk."""
    open_log(at=NOON)
    from apps.ledger.signals import checkpoint_published

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint_published, "send_robust", lambda *_, **__: [])
        append_some(3)
        seal(at=NOON)
    places = at_every_step(lambda: sweep(at=NOON), sound, monkeypatch)
    assert "fsync" in places
    assert settings.JOURNAL_FILE.exists()
    assert journal().largest().size == Checkpoint.objects.order_by("-size")[0].size  # type: ignore[union-attr]


def test_appending(monkeypatch: pytest.MonkeyPatch) -> None:
    """All statements of a capture or none, whenever it dies."""
    open_log(at=NOON)
    made = signed(3)
    before = Pending.objects.count()

    def check() -> None:
        sound()
        assert Pending.objects.count() in (before, before + 3)

    places = at_every_step(lambda: append(made, at=NOON), check, monkeypatch)
    assert {"COPY", "COMMIT"} <= set(places)
    assert Pending.objects.count() == before + 3
