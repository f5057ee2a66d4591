"""What somebody changes behind the application's back, the audit names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from apps.ledger.audits import audit
from tests.custody.goods import CASE, Goods, package, uri, uris
from tests.session_database import triggers_off

pytestmark = pytest.mark.django_db

CUSTODY = {"events", "histories", "heads"}


def findings() -> list[tuple[str, str]]:
    return [(name, finding.place) for name, finding in audit() if name in CUSTODY]


@pytest.fixture
def told(mia: Any, dan: Any, goods: Goods) -> Goods:
    goods.commission(mia, uris(4)).raise_refused()
    goods.pack(mia, CASE, uris(3)).raise_refused()
    goods.move([CASE], mia, dan)
    return goods


def behind_the_back(sql: str, *parameters: object) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount == 1


def test_what_was_recorded_holds(told: Goods) -> None:
    assert findings() == []


def event_of(path: str) -> int:
    return package(path).history.order_by("seq").last().event_id  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            lambda: behind_the_back(
                "UPDATE custody_custodyevent SET document = jsonb_set(document, '{bizStep}', %s)"
                " WHERE id = %s",
                '"receiving"',
                event_of(uri("S3")),
            ),
            lambda: ("events", f"event {event_of(uri('S3'))}"),
        ),
        (
            lambda: behind_the_back(
                "UPDATE custody_custodyevent SET hash = sha256('x') WHERE id = %s",
                event_of(uri("S3")),
            ),
            lambda: ("events", f"event {event_of(uri('S3'))}"),
        ),
        (
            lambda: behind_the_back(
                "DELETE FROM custody_packageevent WHERE package_id = %s AND seq = 0",
                package(uri("S0")).id,
            ),
            lambda: ("histories", f"package {package(uri('S0')).path}"),
        ),
        (
            lambda: behind_the_back(
                "UPDATE custody_package SET head = sha256('x') WHERE id = %s",
                package(uri("S1")).id,
            ),
            lambda: ("heads", f"package {package(uri('S1')).path}"),
        ),
    ],
    ids=["document", "hash", "history", "head"],
)
def test_a_change_behind_the_back_is_named(
    told: Goods, change: Callable[[], None], found: Callable[[], tuple[str, str]]
) -> None:
    change()
    assert findings() == [found()]


def test_events_and_histories_are_append_only(told: Goods) -> None:
    from django.db import IntegrityError, transaction

    for statement in (
        "UPDATE custody_custodyevent SET kind = 'ship'",
        "DELETE FROM custody_packageevent",
        "TRUNCATE custody_packageevent",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
