"""The memory of a witness that runs alone: one SQLite file, in WAL mode, synced at every commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pharmatrace.kernel.tlog.tree import empty_root
from pharmatrace.kernel.tlog.verifier_keys import LogKey, parse_log_key
from pharmatrace.kernel.tlog.witness_protocol import Remembered, origin_hash
from pharmatrace.witness.answering import Cosigned, Step

BUSY_SECONDS = 10.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS log (
    origin TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, size INTEGER NOT NULL, root BLOB NOT NULL,
    note TEXT, cosigned_at TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS log_key (
    origin TEXT NOT NULL REFERENCES log, vkey TEXT NOT NULL, PRIMARY KEY (origin, vkey)
) STRICT;
CREATE TRIGGER IF NOT EXISTS log_grows BEFORE UPDATE ON log
WHEN NEW.origin <> OLD.origin OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
BEGIN SELECT RAISE(ABORT, 'a witness never goes back'); END;
CREATE TRIGGER IF NOT EXISTS log_stays BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'a witness never forgets'); END;
"""


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log, how far it was cosigned, and the keys it is known by (none: it is not cosigned any more)."""

    origin: str
    size: int
    vkeys: tuple[str, ...]


class SqliteStore:
    """A `Store` in the file at `path`, which is made when it is missing. Threads and processes may share it.

    Raises sqlite3.Error for a file that is none of ours, a disk that is full, or a lock that lasts.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    def keys_of(self, origin: str) -> Sequence[LogKey]:
        with self._connected() as connection:
            rows = connection.execute("SELECT vkey FROM log_key WHERE origin = ?", [origin])
            return [parse_log_key(vkey) for (vkey,) in rows]

    def exchange(self, origin: str, step: Step) -> Cosigned:
        with self._connected() as connection, _alone(connection):
            row = connection.execute(
                "SELECT size, root FROM log WHERE origin = ?", [origin]
            ).fetchone()
            done = step(Remembered(*row))
            connection.execute(
                "UPDATE log SET size = ?, root = ?, note = ?, cosigned_at = ? WHERE origin = ?",
                [done.tree.size, done.tree.root, done.note, done.at.isoformat(), origin],
            )
        return done

    def replace_key(self, origin: str, old: str, new: str) -> None:
        with self._connected() as connection, _alone(connection):
            known = connection.execute(
                "DELETE FROM log_key WHERE origin = ? AND vkey = ?", [origin, old]
            )
            if known.rowcount:
                connection.execute(
                    "INSERT OR IGNORE INTO log_key (origin, vkey) VALUES (?, ?)", [origin, new]
                )

    def latest(self, origin_hash: str) -> str | None:
        with self._connected() as connection:
            row = connection.execute(
                "SELECT note FROM log WHERE hash = ? AND note IS NOT NULL", [origin_hash]
            ).fetchone()
            return row[0] if row else None

    def add(self, origin: str, vkey: str) -> None:
        """Knows the log by this key from now on. What was remembered of it stays."""
        with self._connected() as connection, _alone(connection):
            connection.execute(
                "INSERT OR IGNORE INTO log (origin, hash, size, root) VALUES (?, ?, 0, ?)",
                [origin, origin_hash(origin), empty_root],
            )
            connection.execute(
                "INSERT OR IGNORE INTO log_key (origin, vkey) VALUES (?, ?)", [origin, vkey]
            )

    def remove(self, origin: str) -> bool:
        """Cosigns the log no more; how far it was stays remembered. False for one that was not known."""
        with self._connected() as connection, _alone(connection):
            return connection.execute("DELETE FROM log_key WHERE origin = ?", [origin]).rowcount > 0

    def logs(self) -> list[KnownLog]:
        with self._connected() as connection:
            rows = connection.execute("SELECT origin, size FROM log ORDER BY origin").fetchall()
            keys = connection.execute("SELECT origin, vkey FROM log_key ORDER BY vkey").fetchall()
        return [
            KnownLog(origin, size, tuple(vkey for one, vkey in keys if one == origin))
            for origin, size in rows
        ]

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use: threads share nothing."""
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        finally:
            connection.close()


@contextmanager
def _alone(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that has the write lock before it reads."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
