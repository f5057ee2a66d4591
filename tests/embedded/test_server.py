"""The private PostgreSQL starts, stops, and comes back after anything that may happen to it."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from pharmatrace.embedded import cluster
from pharmatrace.embedded import server as server_module
from pharmatrace.embedded.location import APPLICATION, OWNER, Account, Location, locate, reachable
from pharmatrace.embedded.server import REQUESTS, AlreadyRunning, Server, leftovers, wait_until

LAUNCHER = Path(__file__).with_name("launcher.py")
AS_ROOT = os.geteuid() == 0


def launch(
    var: Path, *, command: Sequence[str] = (sys.executable,)
) -> tuple[subprocess.Popen[str], int]:
    """A launcher in a process of its own, and the process id of its server."""
    process = subprocess.Popen(
        [*command, str(LAUNCHER), str(var)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert process.stdout
    words = process.stdout.readline().split()
    assert words[:1] == ["ready"], f"the launcher said {words}"
    return process, int(words[1])


def python_for(account: Account) -> str:
    """A Python of our version which `account` may run; ours may be below /root."""
    for candidate in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        target = Path(candidate).resolve()
        if target.exists() and reachable(target.parent, account):
            return candidate
    pytest.skip(f"no Python 3.{sys.version_info.minor} that {account.name} could run")


def gone(location: Location) -> bool:
    return wait_until(lambda: not list(leftovers(location.data)), 20)


def ask(location: Location, statement: str) -> list[tuple[object, ...]]:
    connection = cluster.connect(location)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@pytest.fixture
def location(var: Path) -> Iterator[Location]:
    var.mkdir()
    place = locate(var)
    yield place
    assert gone(place), "a test left a server running"


def test_it_starts_with_both_roles_and_the_database_and_leaves_nothing_running(
    location: Location,
) -> None:
    with Server(location, durable=False):
        roles = ask(location, "SELECT rolname FROM pg_roles WHERE rolcanlogin ORDER BY 1")
        assert roles == [(APPLICATION,), (OWNER,), ("postgres",)]
        assert ask(location, "SELECT datname FROM pg_database WHERE datname = 'pharmatrace'")
        assert list(leftovers(location.data))
    assert not list(leftovers(location.data))


def test_what_was_written_is_there_after_a_restart(location: Location) -> None:
    with Server(location, durable=False):
        ask(location, "CREATE TABLE kept AS SELECT 7 AS seven")
    with Server(location, durable=False):
        assert ask(location, "SELECT seven FROM kept") == [(7,)]


def test_it_is_durable_unless_a_test_asks_otherwise(location: Location) -> None:
    with Server(location):
        assert ask(location, "SHOW fsync") == [("on",)]
        assert ask(location, "SHOW synchronous_commit") == [("on",)]


def test_only_the_socket_is_open_and_only_for_us(location: Location) -> None:
    with Server(location, durable=False):
        assert ask(location, "SHOW listen_addresses") == [("",)]
        assert location.sockets.stat().st_mode & 0o077 == 0
        assert location.data.stat().st_mode & 0o077 == 0


def test_a_second_launcher_is_told_who_holds_the_database(location: Location) -> None:
    with Server(location, durable=False), pytest.raises(AlreadyRunning, match=str(os.getpid())):
        Server(location, durable=False).start()


@pytest.mark.parametrize("request_", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_launcher_stops_its_server(location: Location, request_: signal.Signals) -> None:
    process, _ = launch(location.home.parent)
    process.send_signal(request_)
    assert process.communicate(timeout=30)[0] == "stopped\n"
    assert not list(leftovers(location.data))


@pytest.mark.skipif(sys.platform != "linux", reason="the leash is a Linux feature")
def test_the_server_does_not_outlive_a_killed_launcher(location: Location) -> None:
    process, _ = launch(location.home.parent)
    process.kill()
    process.communicate()
    assert gone(location)


def test_it_starts_again_right_after_the_launcher_was_killed(location: Location) -> None:
    process, _ = launch(location.home.parent)
    process.kill()
    process.communicate()
    with Server(location, durable=False):
        assert ask(location, "SELECT 1") == [(1,)]


def test_it_starts_again_when_the_server_was_killed_and_its_pid_file_stayed(
    location: Location,
) -> None:
    process, server = launch(location.home.parent)
    process.kill()
    os.kill(server, signal.SIGKILL)
    process.communicate()
    assert (location.data / "postmaster.pid").exists()
    with Server(location, durable=False):
        assert ask(location, "SELECT 1") == [(1,)]


def test_processes_that_a_dead_server_left_behind_are_cleared(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopped process cannot notice that its server died; PostgreSQL would refuse to start beside it."""
    monkeypatch.setattr(server_module, "REQUESTS", [(request, 0.5) for request, _ in REQUESTS])
    process, server = launch(location.home.parent)
    children = [pid for pid in leftovers(location.data) if pid != server]
    os.kill(children[0], signal.SIGSTOP)
    process.kill()
    os.kill(server, signal.SIGKILL)
    process.communicate()
    assert children[0] in leftovers(location.data)
    with Server(location, durable=False):
        assert ask(location, "SELECT 1") == [(1,)]
        assert children[0] not in leftovers(location.data)


def test_a_start_that_was_killed_in_the_middle_of_initdb_is_repeated(location: Location) -> None:
    cluster.make_folders(location)
    draft = location.home / "data.draft"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("half")
    with Server(location, durable=False):
        assert ask(location, "SELECT 1") == [(1,)]
    assert not draft.exists()


def test_data_of_another_version_is_refused_with_what_to_do(location: Location) -> None:
    with Server(location, durable=False):
        pass
    (location.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(cluster.ClusterProblem, match=r"PostgreSQL 12.*pg_upgrade"):
        Server(location, durable=False).start()


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_root_runs_it_as_nobody_who_owns_nothing_but_data_and_socket(location: Location) -> None:
    with Server(location, durable=False) as server:
        assert server.process
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == location.account.uid
        assert location.account.name == "nobody"
        assert {entry.name for entry in location.home.iterdir() if entry.stat().st_uid} == {
            "data",
            "socket",
        }


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_an_ordinary_user_runs_it_as_himself(var: Path) -> None:
    var.parent.chmod(0o777)
    python = python_for(Account("daemon", uid=1, gid=1))
    command = ["setpriv", "--reuid=1", "--regid=1", "--clear-groups", python]
    process, server = launch(var, command=command)
    assert Path(f"/proc/{server}").stat().st_uid == 1
    assert {entry.stat().st_uid for entry in (var / "postgres").iterdir()} == {1}
    process.terminate()
    assert process.communicate(timeout=30)[0] == "stopped\n"


@pytest.mark.skipif(AS_ROOT, reason="as root the server is somebody else's, see above")
def test_the_server_is_ours(location: Location) -> None:
    assert location.account.name == getpass.getuser()
