"""The log's key names the next one: sealed as an entry, followed by readers, auditors and witnesses, and by nobody
else's note."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import cbor2
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from apps.ledger.audits import audit
from apps.ledger.cosigning.logs import add_log
from apps.ledger.cosigning.store import DatabaseStore
from apps.ledger.exporting.export import export
from apps.ledger.exporting.targets import Folder
from apps.ledger.log_key import LogKeyFault, load_log_key, make_next_log_key, next_path
from apps.ledger.log_keys import log_keys, succession_notes
from apps.ledger.models import Checkpoint, LogKeyChange, WitnessedLogKey
from apps.ledger.recovering import known
from apps.ledger.selectors import latest_checkpoint, log_verifier, published_size
from apps.ledger.services import open_log, rotate_log_key, seal
from apps.ledger.waiting import why_stopped
from apps.ledger.witnessing.asking import ask_witnesses
from pharmatrace.kernel.__main__ import main as kernel
from pharmatrace.kernel.refusal import Refused
from pharmatrace.kernel.tlog.log_keys import sign_succession
from pharmatrace.kernel.tlog.note import NoteError, Signer, open_note, sign_note
from pharmatrace.witness.answering import add_key
from pharmatrace.witness.keys import make_keys
from pharmatrace.witness.sqlite_store import SqliteStore
from tests.ledger.statements import NOON, append_some
from tests.ledger.witnesses import write_policy
from tests.session_database import triggers_off
from tests.witness.growing_log import GrowingLog
from tests.witness.programs import Program, witness

pytestmark = pytest.mark.django_db
STRANGER = bytes(31) + b"\x01"


@pytest.fixture
def old(db: None) -> Signer:
    """The key of a log of four entries, sealed and published."""
    open_log(at=NOON)
    append_some(3)
    seal(at=NOON)
    return load_log_key(log_verifier().name)


def rotate(**options: Any) -> str:
    told = StringIO()
    call_command("rotate_log_key", yes=True, stdout=told, **options)
    return told.getvalue()


def signed_by(size: int, key: Signer) -> bool:
    try:
        open_note(Checkpoint.objects.get(size=size).note, [key.verifier])
    except NoteError:
        return False
    return True


def grown(count: int, *, start: int) -> None:
    append_some(count, start=start)
    seal(at=NOON)


def test_what_is_larger_is_signed_by_the_new_key_and_what_was_signed_stays(old: Signer) -> None:
    before = Checkpoint.objects.get(size=4).note
    told = rotate()
    new = load_log_key(old.name)
    assert new.verifier != old.verifier and not next_path().exists()
    assert f"Entry 4 of {old.name} names the new key" in told
    assert log_keys().all == (old.verifier, new.verifier)
    grown(2, start=50)
    assert [signed_by(size, old) for size in (1, 4, 5, 7)] == [True, True, False, False]
    assert [signed_by(size, new) for size in (1, 4, 5, 7)] == [False, False, True, True]
    assert Checkpoint.objects.get(size=4).note == before
    assert list(audit()) == []


def test_the_command_goes_on_where_it_was_cut_off(
    old: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After naming, after sealing, before the files change places: called again, it ends the same."""
    command = "apps.ledger.management.commands.rotate_log_key"
    for step in ("seal", "put_next_in_place"):
        with monkeypatch.context() as patch:
            patch.setattr(f"{command}.{step}", killed)
            with pytest.raises(KeyboardInterrupt):
                rotate()
    grown(1, start=50)  # the sealer needs nobody: the next key lies beside the old one
    told = list(known())
    assert any("Entry 4 named the key that signs now" in line for line in told)
    assert any("manage.py rotate_log_key goes on with it" in line for line in told)
    rotate()
    assert LogKeyChange.objects.count() == 1
    assert load_log_key(old.name).verifier == log_keys().newest
    assert list(audit()) == []


def behind_the_back(sql: str, *parameters: object) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_a_folder_that_cannot_be_written_is_said_and_nothing_changes(
    old: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pharmatrace.keyfiles.tempfile.mkstemp", full)
    with pytest.raises(CommandError, match="Read-only file system"):
        rotate()
    assert not LogKeyChange.objects.exists()


def test_without_a_yes_nothing_changes(old: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    for typed in ("no\n", ""):  # the last: nobody is there
        monkeypatch.setattr("sys.stdin", StringIO(typed))
        with pytest.raises(CommandError, match="Nothing was changed"):
            call_command("rotate_log_key", stdout=StringIO())
    assert not LogKeyChange.objects.exists()
    assert load_log_key(old.name).verifier == old.verifier


def test_a_machine_that_has_only_the_old_key_seals_nothing_and_says_why(old: Signer) -> None:
    text = Path(next_path().with_name("log.key")).read_text()
    rotate()
    file = next_path().with_name("log.key")
    file.chmod(0o600)
    file.write_text(text)
    append_some(1, start=50)
    with pytest.raises(LogKeyFault, match="has changed its key"):
        seal(at=NOON)
    assert "has changed its key" in str(why_stopped())


def test_what_is_refused(old: Signer) -> None:
    def code(new: Signer) -> str:
        with pytest.raises(Refused) as refused:
            rotate_log_key(new=new.verifier, at=NOON)
        return refused.value.refusals[0].code

    assert code(old) == "key_known"
    assert code(Signer.from_seed("elsewhere", STRANGER)) == "other_origin"
    new = make_next_log_key(old.name)
    rotate_log_key(new=new.verifier, at=NOON)
    assert code(Signer.from_seed(old.name, STRANGER)) == "rotation_waits"
    seal(at=NOON)
    rotate()
    assert code(old) == "key_known"


def test_evidence_carries_the_notes_and_the_pages_follow(old: Signer) -> None:
    rotate()
    grown(1, start=50)
    client = Client()
    description = json.loads(client.get("/log/log.json").content)
    now, before = description["keys"]
    assert (before["vkey"], before["from_size"], before["until_size"]) == (
        old.verifier.vkey(),
        1,
        4,
    )
    assert (now["vkey"], now["from_size"]) == (log_verifier().vkey(), 5)
    assert client.get("/log/key").content.decode().strip() == now["vkey"]
    page = json.loads(client.get("/log/keys").content)
    assert [entry["index"] for entry in (page["genesis"], *page["log_keys"])] == [0, 4]


def test_an_audit_with_the_old_key_follows_to_the_new_one(
    old: Signer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, state = tmp_path / "log", tmp_path / "state.json"
    export(Folder(folder))
    audit_files = ["audit", str(folder), "--log-key", old.verifier.vkey(), "--state", str(state)]
    assert kernel(audit_files) == 0
    rotate()
    grown(300, start=50)
    export(Folder(folder))
    assert kernel(audit_files) == 0, capsys.readouterr().out
    assert kernel([*audit_files, "--from-start"]) == 0
    stranger = Signer.from_seed(old.name, STRANGER).verifier.vkey()
    assert kernel(["audit", str(folder), "--log-key", stranger, "--from-start"]) == 2

    page = folder / "keys"
    kept = page.read_text()
    page.write_text(kept.replace(f'"index": {4}', '"index": 5'))
    assert kernel([*audit_files, "--from-start"]) == 1
    told = capsys.readouterr().out
    assert "entry 5: It is not the one by which keys proves the log's keys." in told
    page.write_text(kept.replace("log_key\\n", "log_kez\\n").replace("— ", "— x"))
    assert kernel([*audit_files, "--from-start"]) == 2
    page.unlink()  # without it the key that was given is the only one
    assert kernel([*audit_files, "--from-start"]) == 2
    page.write_text(kept)

    thief = Checkpoint.objects.order_by("-size")[0]
    text = thief.note.split("\n\n")[0] + "\n"
    (folder / "checkpoint").write_text(sign_note(text, [old]))
    assert kernel([*audit_files, "--from-start"]) == 2
    assert "not of this log" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("DELETE FROM ledger_logkeychange", "Its note does not hold"),
        ("UPDATE ledger_statement SET type = 1 WHERE id = (SELECT statement_id FROM ledger_logkeychange)",
         "There is no statement in the log about it."),
    ],
)  # fmt: skip
def test_the_audit_names_a_change_of_the_rows(old: Signer, sql: str, named: str) -> None:
    rotate()
    grown(1, start=50)
    behind_the_back(sql)
    assert any(named in finding.sentence for _, finding in audit())


def test_the_audit_names_a_key_that_another_key_named(old: Signer) -> None:
    """Somebody with the database writes a note of his own over the old key's."""
    rotate()
    grown(1, start=50)
    forged = sign_succession(Signer.from_seed(old.name, STRANGER), log_verifier())
    (change,) = LogKeyChange.objects.select_related("statement")
    facts = [
        [name, forged if name == "note" else value]
        for name, value in cbor2.loads(bytes(change.statement.facts))
    ]
    behind_the_back(
        "UPDATE ledger_statement SET facts = %s WHERE id = %s", cbor2.dumps(facts), change.pk
    )
    named = {finding.place for _, finding in audit()}
    assert f"log key change of statement {change.pk}" in named


@pytest.fixture
def program(old: Signer, tmp_path: Path, settings: Any) -> Iterator[Program]:
    """A witness that knows the log by the old key, asked by the policy."""
    with witness(tmp_path / "w", "--log", old.verifier.vkey(), name="w.example") as program:
        keys = make_keys(program.folder / "keys", "w.example")
        write_policy(settings, tmp_path, {"w": (keys, program.url)}, "all")
        yield program


def test_a_witness_follows_and_takes_the_old_key_no_more(old: Signer, program: Program) -> None:
    ask_witnesses(clock=timezone.now)
    rotate()
    grown(1, start=50)
    published = ask_witnesses(clock=timezone.now)
    assert published is not None and published.size == published_size() == 6
    newest = latest_checkpoint()
    assert newest is not None
    thief = GrowingLog(old.name, history="stolen")
    thief.signer = old
    assert program.post(thief.request(6, 9))[0] == 403


@pytest.mark.parametrize("by", ["stranger", "replaced"])
def test_a_witness_follows_nobody_elses_note(old: Signer, by: str) -> None:
    add_log(vkey=old.verifier.vkey(), at=NOON)
    store, client = DatabaseStore(), Client()
    rotate()
    (note,) = succession_notes(size=published_size())
    mine = Signer.from_seed(old.name, STRANGER)
    if by == "stranger":
        forged = sign_succession(mine, mine.verifier)
        expected = old.verifier
    else:
        told = client.post("/witness/add-key", note, content_type="text/plain")
        assert told.status_code == 200
        again = client.post("/witness/add-key", note, content_type="text/plain")
        assert again.status_code == 200
        forged = sign_succession(old, mine.verifier)
        expected = log_verifier()
    answer = client.post("/witness/add-key", forged, content_type="text/plain")
    assert answer.status_code == 403
    assert store.keys_of(old.name) == [expected]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"\xff\n\n", 400),
        (b"a\n" * 10_000, 413),
        ("pharmatrace/log-key/v1\nlog.example\nnonsense\n\n— log.example AAAAAAA=\n".encode(), 400),
        (sign_succession(GrowingLog().signer, Signer.from_seed("log.example", STRANGER).verifier).encode(),
         404),
    ],
)  # fmt: skip
def test_what_is_no_note_of_a_known_log_is_refused(db: None, body: bytes, status: int) -> None:
    answer = Client().post("/witness/add-key", body, content_type="text/plain")
    assert answer.status_code == status
    assert not WitnessedLogKey.objects.exists()


def test_a_witness_is_told_by_hand(old: Signer, tmp_path: Path) -> None:
    add_log(vkey=old.verifier.vkey(), at=NOON)
    rotate()
    file = tmp_path / "note"
    file.write_text(succession_notes(size=published_size())[0])
    told = StringIO()
    call_command("witness_log", "follow", str(file), stdout=told)
    assert "known by its next key" in told.getvalue()
    assert DatabaseStore().keys_of(old.name) == [log_verifier()]
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("witness_log", "follow", str(tmp_path / "absent"), stdout=told)


@pytest.mark.parametrize("kind", ["database", "sqlite"])
def test_a_witness_that_knew_the_next_key_forgets_the_old_one_too(
    old: Signer, kind: str, tmp_path: Path
) -> None:
    rotate()
    store: DatabaseStore | SqliteStore = DatabaseStore()
    if kind == "sqlite":
        store = SqliteStore(tmp_path / "witness.sqlite")
    for key in (old.verifier, log_verifier()):
        if isinstance(store, SqliteStore):
            store.add(old.name, key.vkey())
        else:
            add_log(vkey=key.vkey(), at=NOON)
    (note,) = succession_notes(size=published_size())
    assert [add_key(note.encode(), store=store).status for _ in range(2)] == [200, 200]
    assert store.keys_of(old.name) == [log_verifier()]


def test_a_policy_that_lists_logs_must_list_the_next_key_first(
    old: Signer, settings: Any, tmp_path: Path
) -> None:
    file = tmp_path / "policy.txt"
    file.write_text(f"log {old.verifier.vkey()}\nquorum none\n")
    settings.WITNESS_POLICY_FILE = str(file)
    with pytest.raises(CommandError, match="add the line first") as refused:
        rotate()
    line = str(refused.value).splitlines()[-1]
    assert not LogKeyChange.objects.exists()
    file.write_text(f"log {old.verifier.vkey()}\n{line}\nquorum none\n")
    rotate()
    grown(1, start=50)
    assert published_size() == 6


def test_the_table_only_grows(old: Signer) -> None:
    rotate()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM ledger_logkeychange")
