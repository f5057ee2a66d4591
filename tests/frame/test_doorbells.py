"""Messages in files are whole: who looks in the middle of writing finds nothing, not half."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from pharmatrace import doorbells


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Any]:
    doorbells.use()
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    folders = {
        "data_folder_in": str(tmp_path / "queue"), "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }  # fmt: skip
    with Connection("filesystem://localhost", transport_options=folders) as connection:
        yield connection.channel()


def test_what_is_put_is_got_in_order(channel: Any) -> None:
    for number in range(3):
        channel._put("seal", {"body": number})
    assert sorted(channel._get("seal")["body"] for _ in range(3)) == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get("seal")


def test_a_message_is_not_seen_before_it_is_whole(
    channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    rename = Path.replace

    def looked_at(source: Path, target: Path) -> Path:
        with pytest.raises(Empty):
            seen.append(channel._get("seal"))
        return rename(source, target)

    monkeypatch.setattr(Path, "replace", looked_at)
    channel._put("seal", {"body": 1})
    assert seen == [] and channel._get("seal") == {"body": 1}


def test_what_cannot_be_written_leaves_nothing_behind(
    channel: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ChannelError, match="no space left"):
        channel._put("seal", {"body": 1})
    assert list((tmp_path / "queue").iterdir()) == []


def test_celery_uses_it() -> None:
    from kombu.transport import resolve_transport

    from pharmatrace.celery import app

    assert app.main == "pharmatrace"
    assert resolve_transport("filesystem") is doorbells.Transport
