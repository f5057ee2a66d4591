"""What every test can count on: a database of its own, the public conformance data, no way out to the network."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings

from tests import session_database

pytest_plugins = ["tests.cast", "tests.browser.launching"]


def pytest_configure(config: pytest.Config) -> None:
    close_the_network()
    # A busy machine is no fault of an example: no test is timed.
    settings.register_profile("untimed", settings.default, deadline=None)
    settings.load_profile("untimed")
    clean_up_with_triggers_off()
    if not hasattr(config, "workerinput") and getattr(config.option, "numprocesses", None):
        session_database.start()  # the workers of xdist share it


_DEEPEST = sys.getrecursionlimit()


def pytest_collection_finish() -> None:
    """py-evm, which tests of the anchors import, raises the limit on recursion for the whole process; then deep
    documents overflow the stack in other tests instead of being refused."""
    sys.setrecursionlimit(_DEEPEST)


def pytest_unconfigure(config: pytest.Config) -> None:
    session_database.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Without xdist the server starts with the first test that needs a database."""
    if not hasattr(request.config, "workerinput"):
        session_database.start()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database goes with its server. To drop it first fails where a browser's last request is still on its way."""
    return True


@pytest.fixture(scope="session")
def conformance() -> Path:
    """The folder with the public vectors. PHARMATRACE_CONFORMANCE names it; .ci/run insists that it is there."""
    beside = Path(__file__).parents[2] / "shared" / "conformance"
    folder = Path(os.environ.get("PHARMATRACE_CONFORMANCE") or beside).resolve()
    if not folder.is_dir():
        pytest.skip(f"no conformance data: {folder} is not there (set PHARMATRACE_CONFORMANCE)")
    return folder


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A thread goes on in the language of its last request: here that is the next test's thread, too."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def own_log_files(settings: Any, tmp_path: Path) -> None:
    """Each test has a log of its own: a journal that outlived its database would stop the next one's sealer."""
    settings.JOURNAL_FILE = tmp_path / "journal" / "checkpoints.jsonl"
    settings.LOG_KEY_FILE = tmp_path / "keys" / "log.key"
    settings.WITNESS_KEY_FOLDER = tmp_path / "keys"


class NetworkIsClosed(Exception):
    """A test tried to leave this machine."""


def close_the_network() -> None:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        refuse_to_leave(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        refuse_to_leave(self, address)
        return connect_ex(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_ex  # type: ignore[method-assign]


def refuse_to_leave(connecting: socket.socket, address: Any) -> None:
    if connecting.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise NetworkIsClosed(f"tests stay on this machine; this one wanted to reach {host}")


def clean_up_with_triggers_off() -> None:
    teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def quietly(self: TransactionTestCase) -> None:
        with session_database.triggers_off():
            teardown(self)

    TransactionTestCase._fixture_teardown = quietly  # type: ignore[attr-defined]
