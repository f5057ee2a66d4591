"""The log as files: whole after every stop, one order, and audited by the kernel alone."""

from __future__ import annotations

import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import connection

from apps.ledger.exporting.export import OtherLog, export
from apps.ledger.exporting.targets import CannotReplace, DjangoStorage, Folder
from apps.ledger.selectors import log_verifier
from apps.ledger.services import seal
from pharmatrace.kernel.__main__ import main
from pharmatrace.kernel.commands.log_files import Server, Unreachable
from pharmatrace.kernel.tlog.checkpoint import Checkpoint
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier, Cosigner
from pharmatrace.kernel.tlog.note import Signer, sign_note, signature_line, split_note
from pharmatrace.kernel.tlog.tiles import entries_path, tiles_for
from tests.ledger.statements import NOON, append_some

pytestmark = pytest.mark.django_db
_sealed = iter(range(0, 10_000_000, 100_000))


def sealed(count: int) -> None:
    append_some(count, start=next(_sealed))
    seal(at=NOON)


@dataclass
class Answer:
    returncode: int
    stdout: str
    stderr: str


def audit(folder: Path, *more: str) -> Answer:
    """What the kernel's command says, which needs neither Django nor a database."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(["audit", str(folder), *more, "--state", str(folder.parent / "state.json")])
    return Answer(status, out.getvalue(), err.getvalue())


def test_the_files_are_the_log(tmp_path: Path) -> None:
    sealed(600)
    told = export(Folder(tmp_path / "log"))
    assert told and (told.old, told.size) == (0, 601)
    there = {str(file.relative_to(tmp_path / "log")) for file in (tmp_path / "log").rglob("*") if file.is_file()}  # fmt: skip
    expected = {tile.path for tile in tiles_for(601)} | {
        entries_path(0), entries_path(1), entries_path(2, 89), "checkpoint", "key", "keys", "log.json",
        "checkpoints/000", "checkpoints/002",
    }  # fmt: skip
    assert there == expected
    vkey = log_verifier().vkey()
    answer = audit(tmp_path / "log", "--log-key", vkey)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "Everything fits." in answer.stdout


def test_what_is_new_is_added(tmp_path: Path) -> None:
    target = Folder(tmp_path / "log")
    for count in (3, 300, 1, 256):
        sealed(count)
        export(target)
        answer = audit(tmp_path / "log")
        assert answer.returncode == 0, answer.stdout + answer.stderr
    told = json.loads(audit(tmp_path / "log", "--json").stdout)
    assert (told["size"], told["entries"], told["findings"]) == (561, 0, [])
    told = json.loads(audit(tmp_path / "log", "--json", "--from-start").stdout)
    assert (told["entries"], told["checkpoints"]) == (561, 5)


def test_the_same_again_writes_nothing_but_the_description(tmp_path: Path) -> None:
    sealed(300)
    target = Folder(tmp_path / "log")
    export(target)
    before = {file: file.stat().st_ino for file in (tmp_path / "log").rglob("tile/**/*")}
    again = export(target)
    assert again and again.old == again.size
    assert before == {file: file.stat().st_ino for file in (tmp_path / "log").rglob("tile/**/*")}


class Overtaken(Folder):
    """While this folder is written to, the log grows and another process publishes it into the same folder."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.other = Thread(target=self._publish)

    def settle(self) -> None:
        if self.other.ident is None:
            self.other.start()
            while self.other.is_alive() and not _somebody_waits():
                pass
        super().settle()

    def _publish(self) -> None:
        sealed(300)
        export(Folder(self.root))
        connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_two_that_publish_at_once_take_turns(tmp_path: Path) -> None:
    sealed(100)
    target = Overtaken(tmp_path / "log")
    export(target)
    target.other.join()
    told = json.loads(audit(tmp_path / "log", "--json").stdout)
    assert (told["size"], told["checkpoints"], told["findings"]) == (401, 3, [])


class Stops(Exception):
    """The machine goes away."""


class Failing(Folder):
    """A folder that is written to `left` times more."""

    def __init__(self, root: Path, left: int) -> None:
        super().__init__(root)
        self.left, self.written = left, []  # type: ignore[var-annotated]

    def write(self, path: str, content: bytes) -> None:
        if self.left == 0:
            raise Stops
        self.left -= 1
        self.written.append(path)
        super().write(path, content)


def test_stopped_anywhere_the_files_that_are_there_are_whole(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    sealed(300)
    export(Folder(folder))
    sealed(300)
    left = 0
    while True:
        target = Failing(folder, left)
        try:
            export(target)
        except Stops:
            answer = audit(folder, "--from-start") if left % 3 == 0 else None
            assert answer is None or answer.returncode == 0, (left, answer.stdout)
            left += 1
        else:
            break
    assert target.written[-1] == "checkpoint"
    kinds = [path.split("/")[0] + "/" + path.split("/")[1][:1] for path in target.written[:-1] if "/" in path]  # fmt: skip
    assert kinds == sorted(kinds, key=["tile/e", "tile/0", "tile/1", "checkpoints/0"].index)
    answer = audit(folder, "--from-start")
    assert answer.returncode == 0 and "601" in answer.stdout


def test_files_of_another_log_are_left_alone(tmp_path: Path) -> None:
    sealed(10)
    other = Signer.from_seed(log_verifier().name, b"\x01" * 32)
    folder = tmp_path / "log"
    folder.mkdir()
    note = sign_note(Checkpoint(other.name, 3, bytes(32)).text(), [other])
    (folder / "checkpoint").write_text(note)
    with pytest.raises(OtherLog):
        export(Folder(folder))
    with pytest.raises(CommandError):
        call_command("publish", folder)
    assert [file.name for file in folder.iterdir()] == ["checkpoint"]
    assert (folder / "checkpoint").read_text() == note


def test_a_restored_backup_does_not_publish_over_what_was_published(tmp_path: Path, settings: Any) -> None:  # fmt: skip
    from apps.ledger.log_key import load_log_key

    sealed(10)
    signer = load_log_key(log_verifier().name)
    folder = tmp_path / "log"
    folder.mkdir()
    for size, root in ((4000, bytes(32)), (5, bytes(32))):  # larger than ours; ours, another tree
        note = sign_note(Checkpoint(signer.name, size, root).text(), [signer])
        (folder / "checkpoint").write_text(note)
        with pytest.raises(OtherLog):
            export(Folder(folder))
        assert (folder / "checkpoint").read_text() == note


def test_any_storage_of_django(tmp_path: Path) -> None:
    storage = FileSystemStorage(location=tmp_path)
    target = DjangoStorage(storage, "log/")
    for _ in range(2):
        sealed(300)
        export(target)
    assert audit(tmp_path / "log").returncode == 0


def test_a_storage_that_renames_is_told_off(tmp_path: Path) -> None:
    class Renaming(FileSystemStorage):
        def delete(self, name: str) -> None:
            """Keeps everything."""

    sealed(3)
    target = DjangoStorage(Renaming(location=tmp_path / "log"))
    export(target)
    with pytest.raises(CannotReplace):
        export(target)


def test_the_command(tmp_path: Path, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        call_command("publish", tmp_path / "log")
    sealed(3)
    call_command("publish", tmp_path / "log")
    assert "4 entries are published (4 new, " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "status", "told"),
    [
        (lambda f: (f / "tile/0/001").write_bytes(bytes(8192)), 1, "entry 256: "),
        (lambda f: (f / "tile/entries/000").unlink(), 1, "tile/entries/000: The file is not there."),
        (lambda f: (f / "checkpoint").write_text("x"), 2, "cannot audit"),
        (lambda f: (f / "key").write_text("x"), 2, "cannot audit"),
        (lambda f: (f / "key").unlink(), 2, "cannot audit: there is no key in "),
    ],
)  # fmt: skip
def test_damage_is_named_by_the_command(tmp_path: Path, damage: Any, status: int, told: str) -> None:  # fmt: skip
    sealed(600)
    export(Folder(tmp_path / "log"))
    damage(tmp_path / "log")
    answer = audit(tmp_path / "log")
    assert answer.returncode == status
    assert told in answer.stdout + answer.stderr


def test_what_was_found_before_an_audit_broke_off_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(600)
    export(Folder(tmp_path / "log"))
    (tmp_path / "log/tile/0/001").write_bytes(bytes(8192))

    def unreachable(*_: Any, **__: Any) -> Any:
        raise OSError("the line is dead")

    monkeypatch.setattr("pharmatrace.kernel.commands.audit.audit_anchors", unreachable)
    answer = audit(tmp_path / "log", "--json")
    told = json.loads(answer.stdout)
    assert answer.returncode == 2 and told["broke_off"] == "the line is dead"
    assert "entry 256" in [one["place"] for one in told["findings"]]


def test_a_pinned_key_is_the_one_that_counts(tmp_path: Path) -> None:
    sealed(3)
    export(Folder(tmp_path / "log"))
    other = Signer.from_seed(log_verifier().name, b"\x01" * 32).verifier.vkey()
    assert audit(tmp_path / "log", "--log-key", other).returncode == 2
    assert "own word" in audit(tmp_path / "log").stdout


def test_cosignatures_are_checked_by_the_logs_own_policy_unless_witnesses_are_named(tmp_path: Path) -> None:  # fmt: skip
    folder = tmp_path / "log"
    sealed(3)
    export(Folder(folder))
    witness = Cosigner("w.example/1", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32), 1_700_000_000)  # fmt: skip
    vkey = CosignatureVerifier(witness.name, witness.private.public_key().public_bytes_raw()).vkey()
    described = json.loads((folder / "log.json").read_bytes())
    described["policy"] += f"witness one {vkey}\n"
    (folder / "log.json").write_text(json.dumps(described))
    note = (folder / "checkpoint").read_text()
    text, _ = split_note(note)
    (folder / "checkpoint").write_text(note + signature_line(text, witness))
    for named in ([], ["--witness", vkey, "--witness", vkey]):
        told = json.loads(audit(folder, "--from-start", "--json", *named).stdout)
        assert told["findings"] == [] and told["witnesses_were_given"] == bool(named)
    (folder / "checkpoint").write_text(note + signature_line(text + "more\n", witness))
    answer = audit(folder, "--from-start")
    assert answer.returncode == 1 and "checkpoint: What is served is wrong: the signature of w.example/1" in answer.stdout  # fmt: skip


@pytest.mark.parametrize("described", ["[]", '{"policy": 1}', '{"policy": "quorum"}', "[" * 5_000])
def test_a_description_that_is_none_is_said(tmp_path: Path, described: str) -> None:
    sealed(3)
    export(Folder(tmp_path / "log"))
    (tmp_path / "log/log.json").write_text(described)
    answer = audit(tmp_path / "log")
    assert answer.returncode == 2 and "log.json cannot be read" in answer.stderr


@pytest.mark.parametrize("state", ["", "[]", "{}", "[" * 5_000, '{"key": 1, "tree": 1}'])
def test_a_memory_that_is_none_is_said(tmp_path: Path, state: str) -> None:
    sealed(3)
    export(Folder(tmp_path / "log"))
    (tmp_path / "state.json").write_text(state)
    answer = audit(tmp_path / "log")
    assert answer.returncode == 2 and "does not say where the last audit ended" in answer.stderr


@pytest.mark.parametrize(
    "put", [Path.mkdir, lambda at: at.symlink_to("/dev/zero"), lambda at: at.symlink_to("001"), os.mkfifo]
)  # fmt: skip
def test_what_is_no_file_is_named(tmp_path: Path, put: Any) -> None:
    sealed(600)
    export(Folder(tmp_path / "log"))
    (tmp_path / "log/tile/0/001").unlink()
    put(tmp_path / "log/tile/0/001")
    answer = audit(tmp_path / "log")
    assert answer.returncode == 1 and "tile/0/001: The file is not there." in answer.stdout


def test_a_file_larger_than_any_of_a_log_is_not_read(tmp_path: Path) -> None:
    sealed(600)
    export(Folder(tmp_path / "log"))
    with (tmp_path / "log/tile/entries/001").open("wb") as file:
        file.truncate(1 << 40)
    answer = audit(tmp_path / "log")
    assert answer.returncode == 2 and "tile/entries/001 has 1,099," in answer.stderr


class Gibberish(StreamRequestHandler):
    """What is no HTTP."""

    def handle(self) -> None:
        self.rfile.readline()
        self.wfile.write(b"SSH-2.0-x\r\n")


def test_a_server_of_something_else_is_named() -> None:
    with TCPServer(("127.0.0.1", 0), Gibberish) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        with pytest.raises(Unreachable):
            Server(f"http://127.0.0.1:{server.server_address[1]}/log/").read("checkpoint")
        server.shutdown()
