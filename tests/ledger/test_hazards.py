"""What can go wrong while sealing: each test is named for its hazard."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections

from apps.ledger import guard
from apps.ledger.models import Checkpoint, Entry, Head, Pending, Tile
from apps.ledger.services import open_log, seal
from apps.ledger.signals import checkpoint_published
from pharmatrace.kernel.tlog.tree import root_of
from tests.ledger.statements import NOON, append_some


def whole() -> None:
    """No gap, no duplicate, no fork."""
    found = list(Entry.objects.order_by("index").values_list("index", "leaf", "statement_id"))
    head = Head.objects.get()
    assert [index for index, _, _ in found] == list(range(head.size))
    assert len({statement for _, _, statement in found}) == head.size
    leaves = [bytes(leaf) for _, leaf, _ in found]
    assert bytes(head.root) == root_of(leaves)
    for checkpoint in Checkpoint.objects.all():
        assert bytes(checkpoint.root) == root_of(leaves[: checkpoint.size])
    assert Tile.objects.filter(level=0).count() == head.size // 256


@pytest.mark.django_db(transaction=True)
def test_two_sealers_race() -> None:
    open_log(at=NOON)
    append_some(400)
    start, faults = threading.Barrier(4), []

    def race() -> None:
        try:
            start.wait()
            for _ in range(8):
                seal(at=NOON, limit=30)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    sealers = [threading.Thread(target=race) for _ in range(4)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    assert not faults
    assert not Pending.objects.exists()
    assert Head.objects.get().size == 401
    whole()


@pytest.mark.django_db(transaction=True)
def test_two_processes_open_the_log() -> None:
    start, faults = threading.Barrier(3), []

    def race() -> None:
        try:
            start.wait()
            open_log(at=NOON)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    openers = [threading.Thread(target=race) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert not faults
    assert Head.objects.get().size == 1
    whole()


@pytest.mark.django_db(transaction=True)
def test_a_sealer_that_does_not_wait_leaves_the_work_to_the_other() -> None:
    open_log(at=NOON)
    append_some(1)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with transaction.atomic():
            Head.objects.select_for_update().get()
            locked.set()
            done.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    locked.wait(10)
    assert seal(at=NOON, wait=False) is None
    assert Pending.objects.count() == 1
    done.set()
    other.join()
    assert seal(at=NOON, wait=False) is not None


class Killed(BaseException):
    """Stands for a process that ends here: nothing may catch it."""


STEPS = ["_take", "copy_rows", "grow", "_swap", "publish"]


@pytest.mark.django_db
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_a_step_and_resumed(
    step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_some(300)
    open_log(at=NOON)
    from importlib import import_module

    module = import_module("apps.ledger.services.seal")
    real = getattr(module, step)

    def dies(*args: Any, **named: Any) -> Any:
        if when == "after":
            real(*args, **named)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, step, dies)
        with pytest.raises(Killed):
            seal(at=NOON)
    seal(at=NOON)
    assert Head.objects.get().size == 301
    assert Checkpoint.objects.filter(size=301).exists()
    whole()


@pytest.mark.django_db
def test_killed_between_advance_and_signature_and_resumed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    append_some(5)
    open_log(at=NOON)
    from importlib import import_module

    publishing = import_module("apps.ledger.services.publish")
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "sign_note", lambda *_: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            seal(at=NOON)
    assert Head.objects.get().size == 6
    assert not Checkpoint.objects.filter(size=6).exists()
    resumed = seal(at=NOON)
    assert resumed is not None and resumed.size == 6
    whole()


@pytest.mark.django_db
def test_a_receiver_that_fails_does_not_undo_the_checkpoint() -> None:
    def fails(**_: Any) -> None:
        raise OSError("the disk is full")

    checkpoint_published.connect(fails)
    try:
        open_log(at=NOON)
    finally:
        checkpoint_published.disconnect(fails)
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_the_guard_stops_a_log_that_is_behind(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    append_some(3)
    seal(at=NOON)
    origin, root = settings.LOG_ORIGIN, bytes(Head.objects.get().root)
    known = {"size": 4, "root": root}
    monkeypatch.setitem(
        guard._sources, "witness", lambda: guard.Evidence("A witness", origin, **known)
    )
    append_some(1, start=50)
    assert seal(at=NOON) is not None
    known.update(size=9, root=None)
    append_some(1, start=60)
    with pytest.raises(guard.Behind, match="restored backup"):
        seal(at=NOON)
    known.update(size=4, root=b"x" * 32)
    with pytest.raises(guard.Behind, match="another tree"):
        seal(at=NOON)
    assert Pending.objects.count() == 1


@pytest.mark.django_db
def test_statistics_that_call_the_queue_empty_do_not_slow_the_sealer() -> None:
    """The queue is often empty when PostgreSQL looks; a plan made for no rows took minutes for 65,536."""
    open_log(at=NOON)
    fill = (
        "INSERT INTO ledger_pending SELECT 1000000 + n, '\\x0101' || sha256(n::text::bytea)"
        " FROM generate_series(1, 40000) n"
    )
    with connection.cursor() as cursor:
        cursor.execute(fill)
        cursor.execute("DELETE FROM ledger_pending")
        cursor.execute("ANALYZE ledger_pending")
        cursor.execute(fill)
        cursor.execute("SET LOCAL statement_timeout = '10s'")
    seal(at=NOON)
    assert Head.objects.get().size == 40_001
