"""kill -9 in the middle of an import or of a watcher costs time only; large files stay out of memory."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from apps.custody.models import CustodyEvent, Package, PackageEvent, RefusedEvent
from apps.exchange.intake.importing import Imports
from apps.exchange.intake.inboxes import add_inbox
from apps.exchange.intake.sender import sender_of
from apps.exchange.intake.work import Busy
from apps.jobs.models import Job
from apps.ledger.models import Statement
from apps.ledger.services import open_log
from tests.custody.goods import START, batch_of
from tests.exchange.intake.files import WRITTEN, as_json, as_xml
from tests.exchange.intake.test_epcis_files import commissionings

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = 10_000


def process(command: str, *arguments: str, **how: Any) -> subprocess.Popen[str]:
    told = {
        "database": connection.settings_dict["NAME"],
        "INTAKE_DIR": str(settings.INTAKE_DIR),
        "LOG_KEY_FILE": str(settings.LOG_KEY_FILE),
        "JOURNAL_FILE": str(settings.JOURNAL_FILE),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.exchange.intake.process", json.dumps(told), command, *arguments],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **how,
    )  # fmt: skip


def importing(path: Path, who: Any, **how: Any) -> subprocess.Popen[str]:
    mine = ("--as", who.user.email, "--organisation", who.organisation.gln)
    return process("import", str(path), *mine, **how)


def progress() -> int:
    return sum(Job.objects.values_list("done", flat=True))


@pytest.mark.slow
def test_an_import_of_ten_thousand_events_survives_its_murders(mia: Any, tmp_path: Path) -> None:
    open_log(at=START)
    batch_of(mia, quantity=EVENTS)
    path, ack = tmp_path / "day.xml", tmp_path / "day.xml.ack.json"
    path.write_bytes(as_xml(commissionings(mia, EVENTS)))
    moments = random.Random(3)
    work = Path(settings.INTAKE_DIR)
    reached = [
        lambda: any(work.glob("*/input")),
        lambda: any(one.stat().st_size for one in work.glob("*/lines")),
        lambda: progress() >= EVENTS // 20,
        lambda: progress() >= EVENTS // 3,
        lambda: progress() >= EVENTS // 2,
    ]
    for moment in reached:
        running = importing(path, mia)
        wait_for(lambda moment=moment, running=running: moment() or running.poll() is not None)
        time.sleep(moments.uniform(0, 0.2))
        assert running.poll() is None
        assert not ack.exists()
        running.kill()
        running.communicate()
    last = importing(path, mia)
    said, _ = last.communicate(timeout=300)
    assert last.returncode == 0, said
    assert Job.objects.get().state == Job.State.DONE
    told = json.loads(ack.read_bytes())
    assert told["totals"] == {"accepted": EVENTS}
    assert len(told["lines"]) == len({one["event"] for one in told["lines"]}) == EVENTS
    assert CustodyEvent.objects.count() == EVENTS
    assert Package.objects.count() == PackageEvent.objects.count() == EVENTS
    assert Statement.objects.filter(subject__startswith="ni:").count() == EVENTS
    assert not RefusedEvent.objects.exists()
    assert not list(Path(settings.INTAKE_DIR).iterdir())


@pytest.mark.slow
def test_a_watcher_that_is_killed_and_one_that_is_asked_to_stop(mia: Any, tmp_path: Path) -> None:
    open_log(at=START)
    batch_of(mia)
    root = tmp_path / "inbox"
    inbox = add_inbox(root=root, gln=mia.organisation.gln, email=mia.user.email)
    watch = ("watch", f"--inbox={root}", "--settle=0")
    for n, event in enumerate(commissionings(mia, 3)):
        (inbox.incoming / f"{n}.json").write_bytes(as_json([event]))
    first = process(*watch)
    wait_for(lambda: Job.objects.count() == 3)
    first.kill()
    first.communicate()
    from apps.jobs.services import run_one_step

    while run_one_step(at=WRITTEN):
        pass
    second = process(*watch)
    wait_for(lambda: len(list(inbox.done.iterdir())) == 3)
    second.terminate()
    said, _ = second.communicate(timeout=20)
    assert second.returncode == 0, said
    assert said.count(": recorded; 1 accepted") == 3
    assert CustodyEvent.objects.count() == 3
    assert len(list(inbox.acks.glob("*.ack.json"))) == 3


def wait_for(done: Any, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_two_imports_of_one_file_at_once_do_it_once(mia: Any, tmp_path: Path) -> None:
    batch_of(mia)
    path = tmp_path / "a.json"
    path.write_bytes(as_json(commissionings(mia, 1)))
    sender = sender_of(email=mia.user.email, gln=mia.organisation.gln)
    imports = Imports(sender=sender, clock=lambda: WRITTEN, told=lambda done, total: None)
    with imports.work_for(path).held(), pytest.raises(Busy):
        imports.run(path, folder=tmp_path)
    assert imports.run(path, folder=tmp_path).totals == {"accepted": 1}


@pytest.mark.slow
def test_a_large_xml_file_does_not_grow_the_process(mia: Any, tmp_path: Path) -> None:
    """Ten times the events, hardly more memory."""
    open_log(at=START)
    batch_of(mia)
    text = as_xml(commissionings(mia, 1))
    head, tag, rest = text.partition(b"<ObjectEvent")
    one, end, tail = rest.partition(b"</ObjectEvent>")
    peaks = []
    for count in (500, 5_000):
        path = tmp_path / f"{count}.xml"
        with path.open("wb") as file:
            file.write(head)
            file.writelines(tag + one + end for _ in range(count))
            file.write(tail)
        peaks.append(peak_of(path, mia))
        ack = json.loads((tmp_path / f"{count}.xml.ack.json").read_bytes())
        assert sum(ack["totals"].values()) == count
    assert CustodyEvent.objects.count() == 1
    assert peaks[1] < peaks[0] + 30_000, peaks


def peak_of(path: Path, who: Any) -> int:
    """The most memory (kB) that the import of `path` had."""
    running = importing(path, who)
    peak = 0
    while running.poll() is None:
        peak = max(peak, resident(running.pid))
        time.sleep(0.05)
    running.communicate()
    return peak


def resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) if lines else 0
