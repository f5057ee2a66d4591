"""kill -9 in the middle of a commission and of a seal costs time only: everything arrives exactly once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.custody.services.commission import start_commission
from apps.jobs.models import Job
from apps.ledger.models import Entry, Head, Pending, Statement
from apps.ledger.services import open_log
from tests.custody.goods import Goods, batch_of

pytestmark = pytest.mark.django_db(transaction=True)
PACKS = 24_000


def worker() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable, "-m", "tests.custody.worker", connection.settings_dict["NAME"],
            str(settings.LOG_KEY_FILE), str(settings.JOURNAL_FILE),
        ],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def test_packs_survive_ten_murders(mia: Any) -> None:
    goods = Goods()
    open_log(at=goods.tick())
    batch = batch_of(mia, lot="BIG", quantity=PACKS)
    job = start_commission(
        actor=mia.actor, user=mia.user, batch=batch, at=goods.tick(), count=PACKS
    )
    moments = random.Random(7)
    murders = 0
    while True:
        running = worker()
        assert running.stdout
        if running.stdout.readline() == "":
            break  # it ended by itself: nothing left to do
        if murders < 10:
            time.sleep(moments.uniform(0, 0.4))  # somewhere in the next step or seal
            running.kill()
            murders += 1
        else:
            assert running.wait(timeout=120) == 0
            break
        running.wait()
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, PACKS)
    assert Package.objects.count() == PackageEvent.objects.count() == PACKS
    assert CustodyEvent.objects.count() == PACKS // 2_000
    assert not Pending.objects.exists()
    head = Head.objects.get()
    assert head.size == Entry.objects.count() == Statement.objects.count()
    assert sorted(Entry.objects.values_list("index", flat=True)) == list(range(head.size))
