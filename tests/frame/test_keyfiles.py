"""Secrets come from the environment or from a file only its owner reads; what is missing is named."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pharmatrace import keyfiles


def never() -> str:
    raise AssertionError("made a secret that was given")


def test_the_environment_comes_first(tmp_path: Path) -> None:
    assert keyfiles.find("KEY", environ={"KEY": "a"}, default=tmp_path / "key", make=never) == "a"


def test_then_the_file_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "docker-secret").write_text("b\n")
    environ = {"KEY_FILE": str(tmp_path / "docker-secret")}
    assert keyfiles.find("KEY", environ=environ, default=tmp_path / "key", make=never) == "b"


def test_a_named_file_is_never_made_up(tmp_path: Path) -> None:
    environ = {"KEY_FILE": str(tmp_path / "absent")}
    with pytest.raises(keyfiles.MissingSecret, match="KEY is not set"):
        keyfiles.find("KEY", environ=environ, default=tmp_path / "key", make=lambda: "made")


def test_without_permission_to_make_it_the_sentence_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(keyfiles.MissingSecret, match=r"KEY_FILE \(looked at .*No such file"):
        keyfiles.find("KEY", environ={}, default=tmp_path / "key", make=None)


def test_a_made_secret_is_ours_alone_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "key"
    assert keyfiles.read_or_make(file, lambda: "first") == "first"
    assert keyfiles.read_or_make(file, never) == "first"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_processes_that_start_together_read_the_same(tmp_path: Path) -> None:
    file, found = tmp_path / "key", []
    barrier = threading.Barrier(8)

    def start(number: int) -> None:
        barrier.wait()
        found.append(keyfiles.read_or_make(file, lambda: str(number)))

    threads = [threading.Thread(target=start, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]
