"""The memory in SQLite: one step, for ever forward, and nothing lost."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier
from pharmatrace.kernel.tlog.note import open_note
from pharmatrace.kernel.tlog.subtree_cosignature import SubtreeVerifier
from pharmatrace.kernel.tlog.witness_protocol import Remembered, origin_hash
from pharmatrace.witness.answering import Answer, add_checkpoint, latest_checkpoint
from pharmatrace.witness.keys import WitnessKeys, make_keys
from pharmatrace.witness.sqlite_store import KnownLog, SqliteStore
from tests.witness.growing_log import GrowingLog
from tests.witness.racing import race

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOG = GrowingLog()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> WitnessKeys:
    return make_keys(tmp_path_factory.mktemp("keys"), "w.example/1")


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    store = SqliteStore(tmp_path / "witness.sqlite")
    store.add(LOG.origin, LOG.vkey)
    return store


def ask(store: SqliteStore, keys: WitnessKeys, old: int, new: int, log: GrowingLog = LOG) -> Answer:
    return add_checkpoint(log.request(old, new), store=store, keys=keys, clock=lambda: NOON)


def test_both_cosignatures_are_answered_and_kept(store: SqliteStore, keys: WitnessKeys) -> None:
    answer = ask(store, keys, 0, 5)
    ed25519, ml_dsa = keys.vkeys()
    known = [
        LOG.signer.verifier, CosignatureVerifier.parse(ed25519), SubtreeVerifier.parse(ml_dsa),
    ]  # fmt: skip
    assert answer.status == 200
    opened = open_note(LOG.note(5) + answer.body.decode(), known)
    assert len(opened.verified) == 3 and not opened.unverified
    kept = latest_checkpoint(origin_hash(LOG.origin), store=store)
    assert kept.body.decode() == LOG.note(5) + answer.body.decode()


def test_it_remembers_when_it_is_opened_again(store: SqliteStore, keys: WitnessKeys) -> None:
    ask(store, keys, 0, 5)
    again = SqliteStore(store.path)
    assert (ask(again, keys, 0, 7).status, ask(again, keys, 5, 7).status) == (409, 200)


def test_a_second_history_is_refused(store: SqliteStore, keys: WitnessKeys) -> None:
    ask(store, keys, 0, 5)
    other = GrowingLog(history="other")
    assert ask(store, keys, 5, 9, other).status == 422
    assert ask(store, keys, 5, 5, other).status == 422
    assert ask(store, keys, 5, 9).status == 200


def test_a_log_that_was_removed_is_unknown_and_not_forgotten(
    store: SqliteStore, keys: WitnessKeys
) -> None:
    ask(store, keys, 0, 5)
    assert store.remove(LOG.origin) and not store.remove(LOG.origin)
    assert ask(store, keys, 5, 6).status == 404
    store.add(LOG.origin, LOG.vkey)
    assert ask(store, keys, 0, 2, GrowingLog(history="other")).body == b"5\n"
    assert store.logs() == [KnownLog(LOG.origin, 5, (LOG.vkey,))]


def test_what_fails_in_the_step_leaves_the_memory(store: SqliteStore) -> None:
    class Killed(BaseException):
        pass

    def dies(remembered: Remembered) -> None:
        raise Killed

    with pytest.raises(Killed):
        store.exchange(LOG.origin, dies)  # type: ignore[arg-type]
    assert store.logs()[0].size == 0


def test_eight_threads_never_make_it_go_back(store: SqliteStore, keys: WitnessKeys) -> None:
    assert len(race(lambda: SqliteStore(store.path), keys)) > 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log SET size = 4",
        "UPDATE log SET root = zeroblob(32)",
        "UPDATE log SET origin = 'x'",
        "DELETE FROM log",
    ],
)
def test_the_file_itself_refuses_to_go_back(
    change: str, store: SqliteStore, keys: WitnessKeys
) -> None:
    store.remove(LOG.origin)
    store.add(LOG.origin, LOG.vkey)
    ask(store, keys, 0, 5)
    connection = sqlite3.connect(store.path)
    connection.execute("PRAGMA foreign_keys = OFF")
    with pytest.raises(sqlite3.IntegrityError, match="witness never"):
        connection.execute(change)
    connection.close()


def test_another_file_is_not_taken_for_a_memory(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dear diary, " * 100)
    with pytest.raises(sqlite3.DatabaseError):
        SqliteStore(tmp_path / "notes.txt")
