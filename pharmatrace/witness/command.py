"""The command line of the witness, for `manage.py witness` and for `python -m pharmatrace.witness`."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pharmatrace.witness.answering import add_key
from pharmatrace.witness.keys import WitnessKeyFault, load_keys, make_keys
from pharmatrace.witness.log_names import NotALog, log_and_key
from pharmatrace.witness.server import WitnessServer, stop_at_signals
from pharmatrace.witness.sqlite_store import SqliteStore

HELP = "Run a witness alone: it cosigns the checkpoints of the logs it knows, from one SQLite file."
EXPLAINED = """
How to run it on a laptop (a regulator, an association, a university):

  1. Once: choose a name that is yours for ever, and make the keys.
       manage.py witness --keys witness-keys --name authority.example/w1 --show-keys
     Give the two lines it prints to those who run logs: they put one of them, or both, into their policy
     as "witness <any name> <key> <address of this witness>".
  2. Once for each log: take its verifier key from <site>/log/key, and compare it with a copy from elsewhere.
       manage.py witness --store witness.sqlite --keys witness-keys --log '<verifier key>' --list
  3. Run it, and let the log reach the port (with TLS in front of it, if it leaves the building).
       manage.py witness --store witness.sqlite --keys witness-keys --port 8788

It remembers one checkpoint for each log, and cosigns only what provably grew from it. Never go back to an
older copy of the store: it would cosign a second history. A lost store means a new witness with a new name.
It needs neither PostgreSQL nor Django: python -m pharmatrace.witness takes the same arguments.
Ctrl-C or SIGTERM ends it after the answers it is giving.
"""


class CannotWitness(Exception):
    """It does not start; the sentence says why."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXPLAINED
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port", type=int, default=8788, help="port to listen on; 0 for a free one"
    )
    parser.add_argument("--store", type=Path, metavar="FILE", help="what it remembers (SQLite)")
    parser.add_argument("--keys", type=Path, metavar="FOLDER", required=True, help="its two keys")
    parser.add_argument("--name", help="make the keys that are missing, under this name")
    parser.add_argument(
        "--log", action="append", default=[], metavar="VKEY", help="know this log from now on"
    )
    parser.add_argument(
        "--log-of", action="append", default=[], nargs=2, metavar=("ORIGIN", "VKEY"),
        help="the same for a log whose key has another name than its origin",
    )  # fmt: skip
    parser.add_argument("--forget", action="append", default=[], metavar="ORIGIN",
                        help="cosign this log no more (how far it was stays remembered)")  # fmt: skip
    parser.add_argument("--follow", action="append", default=[], type=Path, metavar="FILE",
                        help="a log replaced its key: the note with which the old key names the new one")  # fmt: skip
    parser.add_argument("--list", action="store_true", help="print the logs it knows, and end")
    parser.add_argument("--show-keys", action="store_true", help="print its keys, and end")


def run(arguments: argparse.Namespace, *, say: Callable[[str], None]) -> None:
    """Does what the arguments ask; returns when the witness was stopped. Raises CannotWitness."""
    try:
        if arguments.name:
            keys = make_keys(arguments.keys, arguments.name)
        else:
            keys = load_keys(arguments.keys)
        if arguments.show_keys:
            for vkey in keys.vkeys():
                say(vkey)
            return
        if arguments.store is None:
            raise CannotWitness("Where is its memory? Say --store FILE.")
        store = SqliteStore(arguments.store)
        learn(store, arguments)
        if arguments.list:
            for log in store.logs():
                for vkey in log.vkeys or ("(no key: not cosigned any more)",):
                    say(f"{log.origin}  {log.size} entries  {vkey}")
            return
        server = WitnessServer(
            (arguments.host, arguments.port), store=store, keys=keys, say=stamped(say)
        )
    except (WitnessKeyFault, NotALog, sqlite3.Error, OSError) as fault:
        raise CannotWitness(str(fault)) from fault
    stop_at_signals(server)
    known = ", ".join(log.origin for log in store.logs() if log.vkeys) or "no log yet (--log VKEY)"
    say(f"{keys.name} listens at http://{arguments.host}:{server.server_port}/ and knows {known}")
    server.serve()
    say("stopped")


def learn(store: SqliteStore, arguments: argparse.Namespace) -> None:
    """Adds and removes logs."""
    for vkey in arguments.log:
        store.add(*log_and_key(vkey))
    for origin, vkey in arguments.log_of:
        store.add(*log_and_key(vkey, origin))
    for file in arguments.follow:
        answer = add_key(file.read_bytes(), store=store)
        if answer.status != 200:
            raise CannotWitness(f"{file}: {answer.told}")
    for origin in arguments.forget:
        if not store.remove(origin):
            raise CannotWitness(f"The log {origin!r} is not known.")


def stamped(say: Callable[[str], None]) -> Callable[[str], None]:
    """Lines with the time before them."""
    return lambda line: say(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}")
