"""`manage.py recover` says what happened and what to do, does what is confirmed, and never forks a log."""

from __future__ import annotations

import base64
import os
from io import StringIO
from pathlib import Path
from typing import Any

import cbor2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.anchors.journal.backend import journal
from apps.ledger.guard import Behind, Frozen
from apps.ledger.models import Checkpoint, Entry, Freeze, Head, Pending
from apps.ledger.recovering import troubles
from apps.ledger.selectors import latest_checkpoint
from apps.ledger.services import open_log, seal
from apps.ledger.services.open_log import OtherLog
from apps.parties import signing
from tests.ledger.statements import NOON, append_some
from tests.ledger.test_audit import triggers_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_log() -> None:
    """Two checkpoints, of 4 and of 9 entries."""
    append_some(3)
    seal(at=NOON)
    append_some(5, start=100)
    seal(at=NOON)


def recover(**how: Any) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("recover", stdout=out, **how)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def codes() -> list[str]:
    return [one.code for one in troubles()]


def restore_backup(size: int = 4) -> None:
    """The database as it was when the log had so many entries."""
    entries = [
        bytes(leaf) for leaf in Entry.objects.order_by("index").values_list("leaf", flat=True)
    ]
    from pharmatrace.kernel.tlog.tree import CompactRange

    tree = CompactRange()
    tree.extend(entries[:size])
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute('DELETE FROM ledger_entry WHERE "index" >= %s', [size])
        cursor.execute("DELETE FROM anchors_anchor WHERE checkpoint_id > %s", [size])
        cursor.execute("DELETE FROM ledger_checkpoint WHERE size > %s", [size])
        cursor.execute(
            'UPDATE ledger_head SET size = %s, "range" = %s, root = %s',
            [size, tree.to_bytes(), tree.root()],
        )


def test_nothing_is_wrong() -> None:
    status, said = recover()
    assert status == 0
    assert "9 entries of" in said and "Nothing is wrong" in said
    assert "The journal" in said


def test_a_checkpoint_that_was_never_signed_is_signed_when_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from importlib import import_module

    append_some(2, start=500)
    with monkeypatch.context() as patched:
        patched.setattr(
            import_module("apps.ledger.services.seal"), "publish", lambda *_, **__: None
        )
        seal(at=NOON)
    assert codes() == ["unsigned"]
    monkeypatch.setattr("builtins.input", lambda _: "no")
    status, said = recover()
    assert status == 1 and not Checkpoint.objects.filter(size=11).exists()
    status, said = recover(yes=True)
    assert status == 0 and "Signed and published: 11 entries" in said
    assert codes() == []


def test_a_restored_backup_is_explained_and_nothing_is_sealed() -> None:
    restore_backup()
    append_some(1, start=900)
    status, said = recover(yes=True)
    assert status == 1
    assert "restored_backup" in said and "the last 5 entries are not in it" in said
    assert "Restore a backup" in said
    assert Head.objects.get().size == 4 and Pending.objects.count() == 1
    with pytest.raises(Behind):
        seal(at=NOON)


def test_an_empty_database_in_the_place_of_the_log_is_a_restored_backup() -> None:
    with triggers_off(), connection.cursor() as cursor:
        for table in (
            "anchors_anchor",
            "ledger_publication",
            "ledger_checkpoint",
            "ledger_entry",
            "ledger_head",
            "ledger_shard",
        ):
            cursor.execute(f"DELETE FROM {table}")
    assert codes() == ["restored_backup"]
    assert "The database holds no log" in recover()[1]


def test_another_history_of_the_same_size_is_a_fork() -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET root = sha256('x')")
    status, said = recover(yes=True)
    assert status == 1 and "two histories of one log" in said
    assert not Freeze.objects.exists()  # ending a log is asked for by name


def test_a_lost_log_key(settings: Any) -> None:
    key = Path(settings.LOG_KEY_FILE)
    text = key.read_text()
    key.unlink()
    assert codes() == ["log_key"]
    status, said = recover(yes=True)
    assert status == 1 and "Put the key file back" in said
    assert not key.exists()
    key.write_text(text)
    key.chmod(0o600)
    assert codes() == []


def test_a_lost_key_encryption_key(settings: Any) -> None:
    signing._private_key.cache_clear()
    settings.KEY_ENCRYPTION_KEY = base64.b64encode(os.urandom(32)).decode()
    assert codes() == ["keys_sealed"]
    assert "reading, proving and verifying go on" in recover()[1]


def test_the_database_of_another_log(settings: Any) -> None:
    settings.LOG_ORIGIN = "other.example/log"
    assert codes() == ["other_log"]
    assert "Set LOG_ORIGIN back" in recover()[1]


def test_a_damaged_journal(settings: Any) -> None:
    Path(settings.JOURNAL_FILE).write_text("{}\n")
    assert codes() == ["source_damaged"]
    status, said = recover()
    assert status == 1 and "Do not delete it" in said and "cannot be read" in said


def test_a_log_is_ended_when_asked_by_name_and_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    for typed in ("no\n", "\n", ""):  # the last: nobody is there
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        with pytest.raises(CommandError, match="Nothing was changed"):
            call_command("recover", freeze="forked by a bug", stdout=StringIO())
    note = latest_checkpoint().note  # type: ignore[union-attr]
    status, said = recover(freeze="forked by a bug", yes=True)
    assert status == 0 and note in said
    append_some(1, start=900)
    with pytest.raises(Frozen, match="forked by a bug"):
        seal(at=NOON)
    assert Head.objects.get().size == 9 and codes() == ["frozen"]
    with pytest.raises(CommandError, match="ended already"):
        call_command("recover", freeze="again", yes=True, stdout=StringIO())
    assert latest_checkpoint().note == note  # type: ignore[union-attr]


@pytest.mark.parametrize("reason", ["", " ", "x" * 301])
def test_why_it_ends_must_be_said(reason: str) -> None:
    with pytest.raises(CommandError, match="Why a log ends"):
        call_command("recover", freeze=reason, yes=True, stdout=StringIO())


def test_a_successor_commits_to_the_final_checkpoint(settings: Any, tmp_path: Path) -> None:
    final = latest_checkpoint()
    assert final is not None
    (tmp_path / "final").write_text(final.note)
    with triggers_off(), connection.cursor() as cursor:  # another database
        for table in (
            "anchors_anchor",
            "ledger_publication",
            "ledger_checkpoint",
            "ledger_entry",
            "ledger_head",
            "ledger_shard",
        ):
            cursor.execute(f"DELETE FROM {table}")
    origin, settings.LOG_ORIGIN = settings.LOG_ORIGIN, "pharmatrace.example/2027"
    settings.JOURNAL_FILE = tmp_path / "second" / "journal"
    settings.LOG_KEY_FILE = tmp_path / "second" / "log.key"
    settings.LOG_PREDECESSOR_FILE = str(tmp_path / "final")
    open_log(at=NOON)
    told = dict(cbor2.loads(bytes(Entry.objects.get(index=0).statement.facts)))
    assert (told["predecessor"], told["predecessor_size"]) == (origin, 9)
    assert told["predecessor_root"] == bytes(final.root)
    assert journal().largest().size == 1  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [None, "nonsense", "itself"])
def test_a_successor_of_nothing_or_of_itself_is_not_opened(
    content: str | None, settings: Any, tmp_path: Path
) -> None:
    note = latest_checkpoint().note  # type: ignore[union-attr]
    if content is not None:
        (tmp_path / "final").write_text(note if content == "itself" else content)
    with triggers_off(), connection.cursor() as cursor:
        for table in (
            "anchors_anchor",
            "ledger_publication",
            "ledger_checkpoint",
            "ledger_entry",
            "ledger_head",
            "ledger_shard",
        ):
            cursor.execute(f"DELETE FROM {table}")
    settings.JOURNAL_FILE = tmp_path / "second" / "journal"
    settings.LOG_PREDECESSOR_FILE = str(tmp_path / "final")
    with pytest.raises(OtherLog):
        open_log(at=NOON)
    assert not Head.objects.exists()
