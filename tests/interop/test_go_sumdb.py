"""Debian's golang.org/x/mod/sumdb accepts our log: notes, tiles, inclusion and consistency proofs.

Needs Go and the package golang-golang-x-mod-dev; without them the test is skipped by name, and fails where
PHARMATRACE_CI=1 says that it must run (CI).
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.ledger.copying import copy_rows
from apps.ledger.cosigning.installation_keys import installation_keys
from apps.ledger.cosigning.logs import add_log
from apps.ledger.models import Checkpoint
from apps.ledger.selectors import log_verifier
from apps.ledger.services import open_log, seal
from apps.ledger.witnessing.asking import ask_witnesses
from pharmatrace.kernel.evidence.statement import EntryType, entry
from pharmatrace.kernel.tlog.cosignature import CosignatureVerifier
from pharmatrace.kernel.tlog.note import Verifier
from tests.ledger.statements import NOON, append_some
from tests.ledger.witnesses import write_policy
from tests.witness.growing_log import GrowingLog

HERE = Path(__file__).parent
GOPATH = Path("/usr/share/gocode")
PACKAGE = GOPATH / "src/golang.org/x/mod/sumdb/tlog"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For both programs, so that what they share is compiled once."""
    return tmp_path_factory.mktemp("go")


@pytest.fixture(scope="module")
def checklog(folder: Path) -> Path:
    return compiled("checklog", folder)


@pytest.fixture(scope="module")
def checkcosigned(folder: Path) -> Path:
    return compiled("checkcosigned", folder)


def compiled(name: str, folder: Path) -> Path:
    """The compiled program."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
    if go is None or not PACKAGE.is_dir():
        missing = "Go" if go is None else f"golang-golang-x-mod-dev ({PACKAGE})"
        if os.environ.get("PHARMATRACE_CI") == "1":
            pytest.fail(f"PHARMATRACE_CI=1, and {missing} is not installed")
        pytest.skip(f"Go interop not checked: {missing} is not installed")
    built = subprocess.run(
        [go, "build", "-o", str(folder / name), str(HERE / f"{name}.go")],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GOCACHE": str(folder / "cache"),
            "GOPATH": str(GOPATH),
            "GO111MODULE": "off",
            "GOFLAGS": "",
            "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "0",
        },
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return folder / name


def run(program: Path, address: str, vkey: str, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), "-log", f"{address}/log/", "-vkey", vkey, *more],
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.django_db
def test_go_accepts_our_witness_and_refuses_a_stranger(checkcosigned: Path) -> None:
    log = GrowingLog()
    add_log(vkey=log.vkey, at=NOON)
    answer = Client().post("/witness/add-checkpoint", log.request(0, 9), content_type="text/plain")
    ed25519, _ = installation_keys().vkeys()

    def open_it(witness: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(checkcosigned), "-log", log.vkey, "-witness", witness],
            input=log.note(9) + answer.content.decode(), capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    told = open_it(ed25519)
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [
        "signed by log.example", f"signed by {installation_keys().name}", "ok: 1 more of unknown keys",
    ]  # fmt: skip
    stranger = CosignatureVerifier(installation_keys().name, b"\x01" * 32).vkey()
    assert open_it(stranger).returncode == 1


def grown(sizes: Sequence[int]) -> None:
    open_log(at=NOON)
    total = 1
    for number, size in enumerate(sizes):
        append_some(size - total, start=number * 100_000)
        seal(at=NOON)
        total = size


@pytest.mark.django_db(transaction=True)
def test_go_accepts_the_log(checklog: Path, live_server: Any) -> None:
    grown([2, 255, 256, 257, 700, 1500])
    sizes = Checkpoint.objects.values_list("size", flat=True)
    trees = [argument for size in sizes for argument in ("-tree", tree_of(size))]
    vkey = log_verifier().vkey()
    told = run(
        checklog, live_server.url, vkey, "-index", "0,1,255,256,1279,1280,1499", "-random", "20",
        *trees,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stdout.count(" is in it") == 27
    assert told.stdout.count("grew from") == 20 + 7
    assert told.stdout.endswith("ok: 1500 entries\n")


@pytest.mark.django_db(transaction=True)
def test_go_accepts_a_hundred_thousand_entries_cosigned_and_grown_between_any_two_sizes(
    checklog: Path, checkcosigned: Path, live_server: Any, settings: Any, tmp_path: Path
) -> None:
    """Sealed in eleven steps by the sealer, cosigned over HTTP by this installation's own witness; the entries
    stand for no statements, because no reader of the public log sees any."""
    settings.SITE_URL = live_server.url
    open_log(at=NOON)
    witness = installation_keys()
    add_log(vkey=log_verifier().vkey(), at=NOON)
    write_policy(settings, tmp_path, {"own": (witness, f"{live_server.url}/witness/")}, "all")
    copy_rows(
        "ledger_pending",
        ("statement_id", "entry"),
        (
            (10_000_000 + n, entry(EntryType.CUSTODY, sha256(b"entry %d" % n).digest()))
            for n in range(99_999)
        ),
    )
    sizes = []
    while signed := seal(at=NOON, limit=9_973):
        published = ask_witnesses(clock=timezone.now)
        assert published is not None and published.size == signed.size
        sizes.append(signed.size)
    assert sizes[-1] == 100_000 and len(sizes) == 11
    trees = [argument for size in sizes for argument in ("-tree", tree_of(size))]
    vkey = log_verifier().vkey()

    told = run(
        checklog, live_server.url, vkey, "-index", "0,65535,65536,99999", "-random", "20",
        "-pairs", "20", *trees,
    )  # fmt: skip
    print(told.stdout)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("checkpoint of 100000 entries")
    assert told.stdout.count(" is in it") == 24
    assert told.stdout.count("grew from") == 20 + 11
    assert told.stdout.count("\nfrom ") == 20
    assert told.stdout.endswith("ok: 100000 entries\n")

    cosigned = subprocess.run(
        [str(checkcosigned), "-log", vkey, "-witness", witness.vkeys()[0]],
        input=Client().get("/log/checkpoint").content, capture_output=True, timeout=60,
    )  # fmt: skip
    print(cosigned.stdout.decode())
    assert cosigned.returncode == 0, cosigned.stderr
    assert f"signed by {witness.name}".encode() in cosigned.stdout


def tree_of(size: int) -> str:
    """A signed tree, as the program takes it."""
    root = Checkpoint.objects.values_list("root", flat=True).get(size=size)
    return f"{size}:{base64.b64encode(bytes(root)).decode()}"


@pytest.mark.django_db(transaction=True)
def test_go_refuses_another_key_another_tree_and_a_changed_entry(
    checklog: Path, live_server: Any
) -> None:
    grown([300])
    ours = log_verifier()
    strange = Verifier(ours.name, b"\x01" * 32).vkey()
    assert run(checklog, live_server.url, strange).returncode == 1

    root = base64.b64encode(b"r" * 32).decode()
    told = run(checklog, live_server.url, ours.vkey(), "-tree", f"100:{root}")
    assert told.returncode == 1 and "from 100 entries" in told.stderr

    from django.db import connection

    from tests.session_database import triggers_off

    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET data = '\\x00' WHERE \"index\" = 280")
    told = run(checklog, live_server.url, ours.vkey(), "-index", "280")
    assert told.returncode == 1 and "entry 280" in told.stderr
