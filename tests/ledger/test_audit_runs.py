"""An audit leaves a row: where it ended, what it found. The next one goes on from there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client

from apps.ledger.auditing.log_tree import tree_is_whole
from apps.ledger.audits import Span
from apps.ledger.models import AuditRun
from apps.ledger.services import seal
from apps.ledger.services.run_audit import run_audit
from apps.ledger.tasks import audit_what_is_new
from apps.ledger.turns import only_one
from tests.ledger.statements import NOON, append_some
from tests.ledger.test_audit import change

pytestmark = pytest.mark.django_db
CHANGE = (
    'UPDATE ledger_entry SET data = set_byte(data, 20, 1 # get_byte(data, 20)) WHERE "index" = %s'
)


def audited(*, since_last: bool = True) -> AuditRun:
    return run_audit(since_last=since_last, at=NOON, now=lambda: NOON)


def sealed(count: int, start: int) -> None:
    append_some(count, start=start)
    seal(at=NOON)


def test_the_next_one_looks_at_what_is_new() -> None:
    sealed(700, 0)
    first = audited()
    assert (first.first, first.size, first.found) == (0, 701, 0)
    sealed(600, 1000)
    append_some(3, start=5000)
    second = audited()
    assert (second.first, second.size, second.found) == (701, 1301, 0)
    assert audited().first == 1301


@pytest.mark.parametrize("index", [701, 900, 1300])
def test_what_is_wrong_with_what_is_new_is_found_and_told_until_it_is_gone(index: int) -> None:
    sealed(700, 0)
    audited()
    sealed(600, 1000)
    change(CHANGE, index)
    for _ in range(2):
        run = audited()
        assert run.first == 701 and run.found >= 2
        assert run.findings[0]["place"] == f"entry {index}"
    change(CHANGE, index)
    assert audited().found == 0


def test_what_is_old_is_looked_at_by_a_whole_audit_only() -> None:
    sealed(700, 0)
    audited()
    change(CHANGE, 42)
    assert audited().found == 0
    assert audited(since_last=False).found > 0


def test_an_upper_tile_made_since_is_looked_at() -> None:
    sealed(10, 0)
    last = audited()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_pending SELECT 10000000 + n, '\\x0101' || sha256(n::text::bytea)"
            " FROM generate_series(1, 66000) n"
        )
    while seal(at=NOON) is not None:
        pass
    span = Span(last.size, bytes(last.tiles))
    assert list(tree_is_whole(span)) == []
    change("UPDATE ledger_tile SET data = set_byte(data, 5, 1 # get_byte(data, 5)) WHERE level = 1")
    (finding,) = tree_is_whole(Span(last.size, bytes(last.tiles)))
    assert finding.place == "tile 1/0"


def test_a_log_that_was_rolled_back_is_looked_at_whole() -> None:
    sealed(100, 0)
    audited()
    change("UPDATE ledger_head SET size = 50")
    run = audited()
    assert run.first == 0 and run.found


def test_the_command_goes_on_too() -> None:
    sealed(5, 0)
    call_command("audit", stdout=StringIO())
    sealed(5, 100)
    out = StringIO()
    call_command("audit", since_last=True, stdout=out)
    assert out.getvalue().startswith("11 entries from entry 6 on")


def health(at: datetime, page: str = "/health/audit/") -> tuple[int, str]:
    with time_machine.travel(at, tick=False):
        answer = Client().get(page, headers={"Accept": "text/html"})
    return answer.status_code, answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_health_tells_that_it_never_ran_that_it_is_old_and_that_it_found_something(
    caplog: pytest.LogCaptureFixture,
) -> None:
    status, page = health(NOON)
    assert status == 500 and "No audit has come to its end yet" in page
    sealed(5, 0)
    with time_machine.travel(NOON, tick=False):
        audit_what_is_new()
    assert health(NOON + timedelta(hours=1))[0] == 200
    assert health(NOON + timedelta(hours=3))[0] == 500
    sealed(5, 100)
    change(CHANGE, 8)
    with time_machine.travel(NOON, tick=False):
        audit_what_is_new()
    status, page = health(NOON)
    assert status == 500 and "findings. Run manage.py audit" in page
    assert "entry 8" not in page
    status, page = health(NOON, "/health/")
    assert status == 200 and "findings. Run manage.py audit" in page, "told, and stops nothing"
    assert [one for one in caplog.records if "LastAudit" in one.getMessage()] == [], (
        "nor fills the log"
    )


@pytest.mark.django_db(transaction=True)
def test_two_audits_at_once_are_one() -> None:
    import threading

    from django.db import connections

    def other() -> None:
        try:
            audit_what_is_new()
        finally:
            connections.close_all()

    with only_one("ledger.audit") as alone:
        assert alone
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert not AuditRun.objects.exists()
    audit_what_is_new()
    assert AuditRun.objects.count() == 1


def test_the_regulators_desk_shows_it(rosa: Any, mia: Any) -> None:
    assert "No audit has come to its end yet" in rosa.client.get("/").content.decode()
    sealed(5, 0)
    audited()
    assert "As it was recorded" in rosa.client.get("/").content.decode()
    assert "As it was recorded" not in mia.client.get("/").content.decode()
    change(CHANGE, 3)
    audited(since_last=False)
    page = rosa.client.get("/").content.decode()
    assert "Not as it was recorded" in page and "entry 3" in page


def test_the_moment_is_that_of_the_clock_given() -> None:
    later = datetime(2026, 3, 1, 13, tzinfo=UTC)
    run = run_audit(since_last=True, at=NOON, now=lambda: later)
    assert (run.started_at, run.finished_at) == (NOON, later)
