"""Where the private PostgreSQL of an installation lives. Computed, never stored, nothing is started or created."""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATABASE = "pharmatrace"
SUPERUSER = "postgres"
OWNER = "pharmatrace_owner"  # migrates
APPLICATION = "pharmatrace"  # web, worker and beat

# A socket address has 108 bytes (unix(7)), and PostgreSQL adds "/.s.PGSQL.5432.lock" to the folder.
LONGEST_SOCKET_FOLDER = 80
SYSTEM_FOLDER = Path("/var/lib/pharmatrace")


@dataclass(frozen=True)
class Account:
    """The system account which runs the server."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Location:
    """`home` holds the data and the log of the server, `sockets` its Unix socket."""

    home: Path
    sockets: Path
    account: Account
    moved: (
        bool  # the account cannot reach the folder that was asked for, so the data lives elsewhere
    )

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def connection(self, role: str, *, database: str = DATABASE) -> dict[str, Any]:
        """A Django database entry. There is no password: the server asks the kernel who is calling (peer)."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database,
            "USER": role,
            "HOST": str(self.sockets),
            "PORT": "",
        }


def locate(var: Path) -> Location:
    """The location that belongs to the folder `var` of an installation.

    As root the server runs as the owner of existing data, else as `nobody`; and when that account cannot
    reach `var` (say, below /root), the data lives in a folder of /var/lib named after `var`. No mode is loosened.
    """
    wanted = var / "postgres"
    account = account_for(wanted / "data")
    moved = os.geteuid() == 0 and not reachable(var, account)
    home = SYSTEM_FOLDER / digest(var) if moved else wanted
    if moved:
        account = account_for(home / "data")
    sockets = home / "socket"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER:
        sockets = Path(tempfile.gettempdir()) / f"pharmatrace-{digest(var)}"
    return Location(home=home, sockets=sockets, account=account, moved=moved)


def account_for(data: Path) -> Account:
    """The caller; for root, which PostgreSQL refuses, the owner of the existing data, else `nobody`."""
    uid = os.geteuid()
    if uid == 0:
        try:
            uid = data.stat().st_uid
        except OSError:
            uid = 0
    try:
        entry = pwd.getpwuid(uid) if uid else pwd.getpwnam("nobody")
    except KeyError as error:
        raise RuntimeError(
            "PostgreSQL needs a system account with a name: root runs it as `nobody`, which is missing here,"
            f" or user id {uid} is not in /etc/passwd. Give DATABASE_URL to use a server of your own."
        ) from error
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def reachable(folder: Path, account: Account) -> bool:
    """True if `account` may pass through `folder` and everything above it (the part that exists)."""
    return all(
        may_pass(part.stat(), account) for part in (folder, *folder.parents) if part.exists()
    )


def may_pass(entry: os.stat_result, account: Account) -> bool:
    if entry.st_uid == account.uid:
        return bool(entry.st_mode & stat.S_IXUSR)
    if entry.st_gid == account.gid:
        return bool(entry.st_mode & stat.S_IXGRP)
    return bool(entry.st_mode & stat.S_IXOTH)


def digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
