"""What `manage.py doctor` looks at. Each examination returns findings in plain words, with what to do."""

from __future__ import annotations

import enum
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.utils import timezone

SMALLEST_DISK = 2 * 2**30
SECRET_FILES = (
    "SECRET_KEY_FILE",
    "KEY_ENCRYPTION_KEY_FILE",
    "DATABASE_URL_FILE",
    "DATABASE_OWNER_URL_FILE",
)


class Level(enum.Enum):
    GOOD = "good"
    HINT = "hint"  # something works less well, or only for developers
    WRONG = "wrong"  # PharmaTrace does not work, or is not safe


@dataclass(frozen=True)
class Finding:
    level: Level
    sentence: str


def good(sentence: str) -> Finding:
    return Finding(Level.GOOD, sentence)


def hint(sentence: str) -> Finding:
    return Finding(Level.HINT, sentence)


def wrong(sentence: str) -> Finding:
    return Finding(Level.WRONG, sentence)


def examine() -> list[Finding]:
    return [finding for examination in EXAMINATIONS for finding in examination()]


def python() -> Iterator[Finding]:
    found = sys.version.split()[0]
    yield (
        good(f"Python {found}")
        if sys.version_info >= (3, 11)
        else wrong(f"Python {found} is too old; PharmaTrace needs 3.11 or newer.")
    )


def driver() -> Iterator[Finding]:
    try:
        version("psycopg")
    except PackageNotFoundError:
        yield good("psycopg2 is the only PostgreSQL driver")
    else:
        yield wrong(
            "psycopg 3 is installed; Django would use it instead of psycopg2. Run: pip uninstall psycopg"
        )


def database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            found = cursor.fetchone()[0].split()[0]
    except OperationalError as error:
        what = str(error).strip().splitlines()[0]
        start = (
            " Start it: manage.py up (or make demo)."
            if settings.EMBEDDED
            else " Check DATABASE_URL."
        )
        yield wrong(f"The database does not answer: {what}.{start}")
        return
    where = (
        f"private, in {settings.EMBEDDED.home}"
        if settings.EMBEDDED
        else connection.settings_dict["HOST"]
    )
    yield good(f"PostgreSQL {found} answers ({where})")
    if settings.EMBEDDED and settings.EMBEDDED.moved:
        yield hint(
            f"The account {settings.EMBEDDED.account.name}, which runs the database, cannot reach"
            f" {settings.VAR_DIR}; its data is in {settings.EMBEDDED.home}."
        )
    yield from migrations()
    yield from append_only()
    yield from sealing()
    yield from witnesses()
    yield from anchoring()


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield wrong(f"{len(waiting)} migrations are waiting. Run: manage.py migrate")
    else:
        yield good("all migrations are applied")


def append_only() -> Iterator[Finding]:
    """May the role that web and worker use change the ledger?"""
    from apps.ledger.append_only import TABLES

    may_change = []
    try:
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(
                    "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')", [table]
                )
                if cursor.fetchone()[0]:
                    may_change.append(table)
    except DatabaseError:
        return  # no tables yet: the migrations say so
    if may_change:
        yield wrong(
            f"The role {connection.settings_dict['USER']} may change {', '.join(may_change)}."
            " Give the tables to another role (DATABASE_OWNER_URL), then run: manage.py grant"
        )
    elif settings.EMBEDDED:
        yield good(
            "the application's role cannot change the ledger; but whoever runs as this account may take any"
            " role of the private database. For two accounts, give it a PostgreSQL of its own (DATABASE_URL)."
        )
    else:
        yield good("the application's role cannot change the ledger")


def sealing() -> Iterator[Finding]:
    """Does the log keep up with what is signed?"""
    from apps.ledger import waiting

    try:
        found = waiting.waiting(now=timezone.now())
        why = waiting.why_stopped() if found else None
    except DatabaseError:
        return  # no tables yet: the migrations say so
    if found is None or not (found.too_long or why):
        yield good(f"sealing keeps up ({found})" if found else "sealing keeps up")
    else:
        reason = why or "Nothing stops it: look whether beat and a worker of the queue sealing run."
        yield wrong(f"{found}. {reason}")


def witnesses() -> Iterator[Finding]:
    """Is what is signed also published, and has a witness raised an alarm?"""
    from apps.ledger.witnessing.lateness import troubles

    try:
        found = troubles(now=timezone.now())
    except DatabaseError:
        return  # no tables yet: the migrations say so
    for sentence in found:
        yield wrong(sentence)
    if settings.WITNESS_POLICY_FILE and not found:
        yield good("the witnesses of the log cosign, and none has raised an alarm")
    elif not settings.WITNESS_POLICY_FILE:
        yield hint(
            "No witness is asked (WITNESS_POLICY_FILE): nobody but this installation can say that it shows"
            " everybody the same log. See docs/witness.md."
        )


def anchoring() -> Iterator[Finding]:
    """Is the log told outside, and to whom?"""
    from apps.anchors import state

    for kind in state.not_configured():
        yield hint(f"checkpoints are not anchored by {kind.name}: {kind.missing} (docs/anchors.md)")
    try:
        found = state.standings()
    except DatabaseError:
        return  # no tables yet: the migrations say so
    for standing in found:
        told = (
            wrong if standing.is_late(timezone.now()) else hint if standing.failing_since else good
        )
        yield told(str(standing))


def keys() -> Iterator[Finding]:
    folder = settings.VAR_DIR / "keys"
    files = {Path(os.environ[name]) for name in SECRET_FILES if os.environ.get(name)}
    files.add(settings.LOG_KEY_FILE)
    if folder.is_dir():
        files |= set(folder.iterdir())
    if not settings.LOG_KEY_FILE.exists():
        yield hint(f"The log has no key yet ({settings.LOG_KEY_FILE}); manage.py up makes it.")
    loose = sorted(str(file) for file in files if file.is_file() and file.stat().st_mode & 0o077)
    if loose:
        yield wrong(f"Others can read {', '.join(loose)}. Run: chmod 600 {' '.join(loose)}")
    else:
        yield good("the key files are readable by their owner only")


def broker() -> Iterator[Finding]:
    from pharmatrace.celery import app

    address = settings.CELERY_BROKER_URL.split("@")[-1]
    try:
        with app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:  # each transport has errors of its own
        yield wrong(f"The broker {address} does not answer: {error}. Check CELERY_BROKER_URL.")
        return
    yield good(f"the broker answers ({address})")
    workers = app.control.ping(timeout=2.0)
    if workers:
        yield good(f"{len(workers)} worker{'s' * (len(workers) > 1)} at work")
    else:
        yield hint("No worker answers; events are captured but not sealed. Start: manage.py up")


def mail() -> Iterator[Finding]:
    yield (
        good(f"mail is handed to {settings.EMAIL_HOST}")
        if settings.MAIL_IS_SENT
        else hint(
            "No mail is sent (EMAIL_URL): links of invitations are shown to whoever invites, and a forgotten"
            " password is mended with manage.py registry reset-account."
        )
    )


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.VAR_DIR).free
    size = f"{free / 2**30:.1f} GiB free in {settings.VAR_DIR}"
    yield (
        good(size)
        if free >= SMALLEST_DISK
        else wrong(f"Only {size}; PostgreSQL stops when the disk is full.")
    )


def developers() -> Iterator[Finding]:
    from django.utils.module_loading import import_string

    try:
        chromium = import_string("tests.browser.chromium.find")()
    except ImportError:
        return  # an installation without the tests
    yield (
        good(f"Chromium for the browser tests: {chromium}")
        if chromium
        else hint("No Chromium for the browser tests (Debian: apt install chromium).")
    )
    yield (
        good("Go for the interop tests")
        if shutil.which("go")
        else hint(
            "No Go for the interop tests (Debian: apt install golang-go golang-golang-x-mod-dev)."
        )
    )


EXAMINATIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    python,
    driver,
    database,
    keys,
    broker,
    mail,
    disk,
    developers,
)
