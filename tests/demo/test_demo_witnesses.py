"""The demo's two witnesses: a policy of 2 of 2 that can be followed, and a program for each."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from apps.ledger.services import open_log
from apps.ledger.witnessing.policy_file import witness_policy, witnesses_to_ask
from pharmatrace.demo.witnesses import HOST, Witnesses, free_port
from tests.ledger.statements import NOON


@pytest.fixture
def witnesses(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Witnesses:
    settings.WITNESS_POLICY_FILE = ""
    monkeypatch.setenv("WITNESS_POLICY_FILE", "")
    return Witnesses(tmp_path, after_port=20_000)


def test_both_are_asked_for(witnesses: Witnesses, settings: Any) -> None:
    witnesses.make_policy()
    policy = witness_policy()
    assert os.environ["WITNESS_POLICY_FILE"] == settings.WITNESS_POLICY_FILE
    assert [one.url for one in witnesses_to_ask(policy)] == [
        f"http://{HOST}:{port}/" for port in witnesses.ports.values()
    ]
    assert not policy.is_met_by({"witness-1"}) and policy.is_met_by({"witness-1", "witness-2"})


def test_keys_stay_when_ports_change(witnesses: Witnesses, tmp_path: Path) -> None:
    again = Witnesses(tmp_path, after_port=30_000)
    for name in witnesses.ports:
        assert witnesses.keys(name).vkeys() == again.keys(name).vkeys()


@pytest.mark.django_db
def test_each_is_told_the_logs_key(witnesses: Witnesses, tmp_path: Path) -> None:
    open_log(at=NOON)
    programs = witnesses.programs()
    assert [one.name for one in programs] == ["witness-1", "witness-2"]
    for one in programs:
        assert str(tmp_path / one.name / "witness.sqlite") in one.command
        assert one.command[-2] == "--log"
    assert len(list(witnesses.poster())) == 5


def test_a_port_that_is_taken_is_left_alone() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(99_999)
