"""The journal: what it writes, what it stands, and the restored backup that it stops."""

from __future__ import annotations

import json
import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.anchors.journal.backend import journal
from apps.anchors.journal.file import Journal, JournalDamaged, JournalUnwritable, Line
from apps.anchors.models import Anchor
from apps.anchors.services import sweep
from apps.ledger.guard import Behind
from apps.ledger.models import Checkpoint, Entry, Head, Pending
from apps.ledger.services import open_log, seal
from pharmatrace.kernel.tlog import checkpoint
from pharmatrace.kernel.tlog.note import Signer, sign_note
from tests.ledger.statements import NOON, append_some

SIGNER = Signer.from_seed("mia.example/log", b"m" * 32)


def line(size: int) -> Line:
    root = size.to_bytes(32, "big")
    note = sign_note(checkpoint.Checkpoint("mia.example/log", size, root).text(), [SIGNER])
    return Line(size, root, note, datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def book(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "deep" / "journal.jsonl")


def test_lines_come_back_as_they_were_written(book: Journal) -> None:
    written = [line(size) for size in (1, 5, 3)]
    assert all(book.append(one) for one in written)
    assert list(book.lines()) == [*written, written[1]]  # the largest is always the last
    assert book.largest() == written[1]
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    first = json.loads(book.path.read_text().splitlines()[0])
    assert first.keys() == {"size", "root", "note", "at"}


def test_a_line_is_written_once(book: Journal) -> None:
    assert book.append(line(4))
    assert not book.append(line(4))
    assert len(list(book.lines())) == 1


def test_an_empty_journal_knows_nothing(book: Journal) -> None:
    assert book.largest() is None
    assert list(book.lines()) == []


def test_the_largest_tree_stays_in_sight_however_many_old_lines_come_again(book: Journal) -> None:
    book.append(line(5000))
    for size in range(1, 500):
        book.append(line(size))
    assert book.largest() == line(5000)


@pytest.mark.parametrize("kept", [1, 30, 200])
def test_a_line_cut_off_by_a_crash_is_tolerated_and_said(
    kept: int, book: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    book.append(line(1))
    with book.path.open("ab") as file:
        file.write(line(2).encode()[:kept])
    assert [one.size for one in book.lines()] == [1]
    assert book.largest() == line(1)
    assert book.append(line(2))
    assert [one.size for one in book.lines()] == [1, 2]


@pytest.mark.parametrize(
    "damage",
    [
        b"hello\n",
        b"{}\n",
        b"\xff\n",
        b"\n",
        line(2).encode().replace(b'"size": 2', b'"size": 3'),
        line(2).encode().replace(b"\\n2\\n", b"\\nzwei\\n"),
    ],
)
def test_anything_else_stops_loudly(damage: bytes, book: Journal) -> None:
    book.append(line(1))
    with book.path.open("ab") as file:
        file.write(damage)
    with pytest.raises(JournalDamaged):
        book.largest()
    with pytest.raises(JournalDamaged):
        list(book.lines())
    with pytest.raises(JournalDamaged):
        book.append(line(9))


def test_only_the_end_is_read_however_long_it_is(book: Journal) -> None:
    book.path.parent.mkdir()
    book.path.write_bytes(b"".join(line(size).encode() for size in range(1, 2000)))
    assert book.largest() == line(1999)
    assert 50 < len(book.tail()) < 500


def _write(path: str, first: int) -> None:
    for size in range(first, first + 40):
        Journal(Path(path)).append(line(size))


def test_two_processes_that_append_take_turns(book: Journal) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        list(pool.map(_write, [str(book.path)] * 2, [1, 1001]))
    lines = list(book.lines())
    assert {one.size for one in lines} == {*range(1, 41), *range(1001, 1041)}
    assert lines[-1].size == 1040


@pytest.mark.django_db
def test_every_published_checkpoint_is_in_the_journal() -> None:
    append_some(3)
    seal(at=NOON)
    assert [one.size for one in journal().lines()] == [1, 4]
    assert Anchor.objects.filter(backend="journal").count() == 2


@pytest.mark.django_db
def test_a_sweep_makes_good_what_a_crash_left_out(settings: Any) -> None:
    append_some(3)
    seal(at=NOON)
    Anchor.objects.all().delete()
    Path(settings.JOURNAL_FILE).unlink()
    assert sweep(at=NOON) == 2
    assert sweep(at=NOON) == 0
    assert [one.size for one in journal().lines()] == [1, 4]


@pytest.mark.django_db
def test_sealing_does_not_go_on_before_the_last_checkpoint_is_in_the_journal(
    settings: Any,
) -> None:
    append_some(3)
    seal(at=NOON)
    folder = Path(settings.JOURNAL_FILE).parent
    settings.JOURNAL_FILE = folder / "a file, not a folder" / "checkpoints.jsonl"
    settings.JOURNAL_FILE.parent.write_text("in the way")
    append_some(1, start=10)
    with pytest.raises(JournalUnwritable, match=r"the checkpoint of 4 entries.*Nothing is sealed"):
        seal(at=NOON)
    assert (Head.objects.get().size, Pending.objects.count()) == (4, 1)
    settings.JOURNAL_FILE.parent.unlink()  # a person made room
    seal(at=NOON)
    assert [one.size for one in journal().lines()] == [4, 5]


@pytest.mark.django_db
def test_a_checkpoint_whose_line_was_not_written_is_made_good_before_the_next(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_log(at=NOON)
    append_some(3)
    with monkeypatch.context() as broken:
        broken.setattr(Journal, "append", _disk_full)
        seal(at=NOON)
    assert [one.size for one in journal().lines()] == [1]
    append_some(1, start=10)
    seal(at=NOON)
    assert [one.size for one in journal().lines()] == [1, 4, 5]
    assert Anchor.objects.count() == 3


def _disk_full(self: Journal, line: Line) -> bool:
    if line in self.tail():
        return False
    raise OSError(28, "No space left on device")


@pytest.mark.django_db
def test_a_sweep_of_a_restored_backup_writes_nothing() -> None:
    append_some(3)
    seal(at=NOON)
    append_some(3, start=10)
    seal(at=NOON)
    restore_backup_of(4)
    Anchor.objects.all().delete()
    before = list(journal().lines())
    with pytest.raises(Behind, match="restored backup"):
        sweep(at=NOON)
    assert list(journal().lines()) == before


@pytest.mark.django_db
def test_a_sweep_into_the_journal_of_another_log_writes_nothing(settings: Any) -> None:
    open_log(at=NOON)
    Anchor.objects.all().delete()
    Path(settings.JOURNAL_FILE).unlink()
    journal().append(line(1))
    with pytest.raises(Behind, match="speaks of the log"):
        sweep(at=NOON)
    assert list(journal().lines()) == [line(1)]


@pytest.mark.django_db
def test_a_sweep_looks_only_at_what_is_newer_than_the_newest_anchored() -> None:
    for start in range(0, 60, 3):
        append_some(3, start=start)
        seal(at=NOON)
    with CaptureQueriesContext(connection) as asked:
        assert sweep(at=NOON) == 0
    about = [one["sql"] for one in asked if "ledger_checkpoint" in one["sql"]]
    assert about
    assert not any("NOT" in sql and "EXISTS" in sql for sql in about)


def restore_backup_of(size: int) -> None:
    """What a database has that was restored to the state it had at `size` entries."""
    note = Checkpoint.objects.get(size=size)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM anchors_anchor WHERE checkpoint_id > %s", [size])
        cursor.execute("DELETE FROM ledger_checkpoint WHERE size > %s", [size])
        cursor.execute('DELETE FROM ledger_entry WHERE "index" >= %s', [size])
        cursor.execute(
            'UPDATE ledger_head SET size = %s, "range" = %s, root = %s',
            [size, _range_of(size), bytes(note.root)],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def _range_of(size: int) -> bytes:
    from pharmatrace.kernel.tlog.tree import CompactRange

    tree = CompactRange()
    tree.extend(
        bytes(leaf)
        for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)[:size]
    )
    return tree.to_bytes()


@pytest.mark.django_db
def test_a_restored_backup_is_refused() -> None:
    append_some(3)
    seal(at=NOON)
    append_some(3, start=10)
    seal(at=NOON)
    restore_backup_of(4)
    append_some(1, start=20)
    with pytest.raises(Behind, match=r"restored backup.*at least 7 entries"):
        seal(at=NOON)
    assert Head.objects.get().size == 4
    assert Pending.objects.count() == 1


@pytest.mark.django_db
def test_a_restored_backup_that_was_sealed_without_its_journal_is_refused(
    settings: Any, tmp_path: Path
) -> None:
    append_some(3)
    seal(at=NOON)
    append_some(3, start=10)
    seal(at=NOON)
    restore_backup_of(4)
    kept, settings.JOURNAL_FILE = settings.JOURNAL_FILE, tmp_path / "elsewhere.jsonl"
    append_some(9, start=20)
    seal(at=NOON)  # the fork that no guard saw
    settings.JOURNAL_FILE = kept
    append_some(1, start=40)
    with pytest.raises(Behind, match="another tree of 7 entries"):
        seal(at=NOON)


@pytest.mark.django_db
def test_an_empty_database_beside_an_old_journal_is_refused(settings: Any) -> None:
    note = sign_note(checkpoint.Checkpoint(settings.LOG_ORIGIN, 9, b"r" * 32).text(), [SIGNER])
    journal().append(Line(9, b"r" * 32, note, NOON))
    with pytest.raises(Behind, match="holds 0 entries"):
        open_log(at=NOON)
    assert not Head.objects.exists()


@pytest.mark.django_db
def test_the_journal_of_another_log_is_refused() -> None:
    journal().append(line(1))
    with pytest.raises(Behind, match=r"speaks of the log mia\.example/log"):
        open_log(at=NOON)


@pytest.mark.django_db
def test_a_damaged_journal_stops_the_sealer(settings: Any) -> None:
    open_log(at=NOON)
    with Path(settings.JOURNAL_FILE).open("ab") as file:
        file.write(b"hello\n")
    append_some(1)
    with pytest.raises(JournalDamaged):
        seal(at=NOON)
    assert Head.objects.get().size == 1
