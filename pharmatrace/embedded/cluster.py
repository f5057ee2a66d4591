"""The data folder of the private PostgreSQL: created once, configured at every start."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from pharmatrace import leash
from pharmatrace.embedded.location import APPLICATION, DATABASE, OWNER, SUPERUSER, Location

PORT = 5432  # names the socket; nothing listens on it


class ClusterProblem(Exception):
    """The data folder cannot be created or used; the sentence says why and what to do."""


def create(location: Location, binaries: Path, *, durable: bool) -> None:
    """Makes the folders and runs initdb, unless the data is there. Complete or not at all: initdb fills a draft."""
    make_folders(location)
    if location.data.exists():
        check_version(location, binaries)
        return
    draft = location.home / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)  # left by a start that was killed
    draft.mkdir(mode=0o700)
    give(draft, location)
    run(
        location,
        [str(binaries / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=reject", "--encoding=UTF8"]
        + ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"]
        + ([] if durable else ["--no-sync"]),
    )  # fmt: skip
    draft.rename(location.data)


def make_folders(location: Location) -> None:
    """`home` belongs to the caller; inside it, data and socket belong to the server's account alone."""
    if not location.home.exists():
        location.home.mkdir(parents=True)
        location.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    if not location.sockets.exists():
        location.sockets.mkdir(mode=0o700)
        give(location.sockets, location)
    found = location.sockets.lstat()
    if found.st_uid != location.account.uid or found.st_mode & 0o077:
        raise ClusterProblem(
            f"{location.sockets} is not a private folder of {location.account.name}; remove it and start again."
        )


def give(folder: Path, location: Location) -> None:
    if os.geteuid() == 0:
        os.chown(folder, location.account.uid, location.account.gid)


def check_version(location: Location, binaries: Path) -> None:
    """PostgreSQL reads data of its own major version only. Raises ClusterProblem."""
    if not os.access(location.data, os.R_OK | os.X_OK):
        raise ClusterProblem(
            f"The data in {location.data} belongs to another account. It was started by another user (root, perhaps):"
            " start it as that user, or set PHARMATRACE_VAR to a folder of yours."
        )
    there = (location.data / "PG_VERSION").read_text().strip()
    output = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)  # fmt: skip
    ours = output.stdout.split()[-1].split(".")[0]
    if there != ours:
        raise ClusterProblem(
            f"The data in {location.data} was written by PostgreSQL {there}, the programs are version {ours}."
            " Upgrade it with pg_upgrade, or move the folder away to begin with an empty database."
        )


def run(location: Location, command: list[str]) -> None:
    """Runs a PostgreSQL program as the server's account. Raises ClusterProblem with what it said."""
    result = subprocess.run(
        as_account(location, command),
        cwd=location.home,
        env=environment(),
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise ClusterProblem(f"{Path(command[0]).name} failed: {result.stderr.strip()}")


def as_account(location: Location, command: list[str]) -> list[str]:
    """`command`, on our leash. SIGINT asks PostgreSQL for a fast shutdown: clients are disconnected."""
    from signal import SIGINT

    if os.geteuid() == 0:
        return leash.command(
            command, on_death=SIGINT, uid=location.account.uid, gid=location.account.gid
        )
    return leash.command(command, on_death=SIGINT)


def environment() -> dict[str, str]:
    """Nothing of ours: no secrets, and no PG… variable that would point the programs elsewhere."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def write_access_rules(location: Location) -> None:
    """On the socket the kernel says who calls, and only the caller's own account may; over TCP, a password."""
    caller = pwd.getpwuid(os.geteuid()).pw_name
    write(location.home / "pg_hba.conf", [
        "local all all peer map=house",
        "host all all 127.0.0.1/32 scram-sha-256",
        "host all all ::1/128 scram-sha-256",
    ])  # fmt: skip
    write(location.home / "pg_ident.conf", [
        f'house "{name}" all' for name in sorted({caller, location.account.name})
    ])  # fmt: skip


def write(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o644)  # the server's account reads it


def settings(location: Location, *, durable: bool, port: int) -> dict[str, str]:
    """What the server is started with. Another port than the usual opens 127.0.0.1; otherwise there is only the socket."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    chosen = {
        "unix_socket_directories": str(location.sockets),
        "unix_socket_permissions": "0700",
        "listen_addresses": "127.0.0.1" if port != PORT else "",
        "port": str(port),
        "hba_file": str(location.home / "pg_hba.conf"),
        "ident_file": str(location.home / "pg_ident.conf"),
        "shared_buffers": f"{min(512, max(32, megabytes // 8))}MB" if durable else "128MB",
        "effective_cache_size": f"{max(128, megabytes // 2)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": f"{min(256, max(64, megabytes // 16))}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "max_connections": "200",
        "random_page_cost": "1.1",
        "jit": "off",  # costs more than it saves on our short statements
        "log_min_messages": "warning",
        "log_checkpoints": "off",
        "log_line_prefix": "",
        "timezone": "UTC",
    }
    if not durable:
        chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return chosen


def prepare(location: Location, *, port: int = PORT) -> None:
    """The two roles and the database, unless they are there."""
    connection = connect(location, port=port)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for role in (OWNER, APPLICATION):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if not cursor.fetchone():
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if not cursor.fetchone():
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
    finally:
        connection.close()


def connect(location: Location, *, database: str = "postgres", port: int = PORT) -> Any:
    """A connection as superuser, over the socket (its name has the port). Raises psycopg2.OperationalError."""
    return psycopg2.connect(
        host=str(location.sockets), port=port, user=SUPERUSER, dbname=database, connect_timeout=5
    )
