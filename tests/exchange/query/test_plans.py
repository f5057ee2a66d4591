"""What is asked most is answered by an index, however many events there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.exchange.members import epcs_seen, values_seen
from apps.exchange.query import read_query
from apps.exchange.selectors import find_events
from tests.custody.goods import uri

pytestmark = pytest.mark.django_db
EVENTS = 20_000
THING = "https://id.gs1.org/8003/09521234543213"

FILL = """
INSERT INTO custody_custodyevent (hash, statement_id, kind, actor_id, site_id, reference, occurred_at,
 recorded_at, package_count, document)
SELECT sha256(convert_to('e' || n, 'UTF8')), -n, CASE WHEN mod(n, 100) = 7 THEN 'unmanaged' ELSE 'ship' END,
 CASE WHEN mod(n, 1000) = 3 THEN %(dan)s ELSE %(mia)s END::uuid, %(site)s,
 '', timestamptz '2026-01-01' + n * interval '1 second' + mod(n * 7919, 5000) * interval '1 second',
 timestamptz '2026-11-01' + n * interval '1 second', 1,
 jsonb_build_object('type', 'ObjectEvent', 'eventTime', '2026-11-20T10:00:00.000Z',
  'eventTimeZoneOffset', '+00:00', 'action', 'OBSERVE', 'bizStep',
  CASE WHEN mod(n, 5000) = 11 THEN 'destroying' ELSE 'shipping' END, 'disposition', 'in_transit',
  'readPoint', jsonb_build_object('id', 'https://id.gs1.org/414/' || (mod(n, 700))::text),
  'bizLocation', jsonb_build_object('id', 'https://id.gs1.org/414/' || (mod(n, 900))::text), 'epcList',
  CASE WHEN mod(n, 100) = 7 THEN jsonb_build_array(%(thing)s || n, 'urn:x:filler:' || n)
  ELSE jsonb_build_array(%(pack)s || n) END)
FROM generate_series(1, %(events)s) n;
INSERT INTO custody_packageevent (package_id, seq, event_id, position)
SELECT encode(substring(sha256(convert_to(substr(document->'epcList'->>0, 20), 'UTF8')) FROM 1 FOR 16),
 'hex')::uuid, 0, id, 0 FROM custody_custodyevent WHERE kind = 'ship';
ANALYZE custody_custodyevent, custody_packageevent;
"""


@pytest.fixture
def many(mia: Any, dan: Any, rosa: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, {
            "mia": mia.organisation.pk, "dan": dan.organisation.pk, "site": mia.site.pk,
            "thing": THING, "pack": uri(""), "events": EVENTS,
        })  # fmt: skip


ASKED: list[tuple[str, dict[str, str]]] = [
    ("rosa", {}),
    ("mia", {}),
    ("dan", {}),
    ("rosa", {"MATCH_epc": uri("42")}),
    ("mia", {"MATCH_epc": uri("42")}),
    ("rosa", {"MATCH_anyEPC": THING + "107"}),
    ("dan", {"MATCH_anyEPC": uri("1003")}),
    ("rosa", {"MATCH_epcClass": "https://id.gs1.org/01/09521234543213"}),
    ("rosa", {"eventType": "TransformationEvent"}),
    ("rosa", {"GE_quantity": "1"}),
    ("rosa", {"GE_recordTime": "2026-11-01T05:00:00Z"}),
    ("rosa", {"GE_recordTime": "2026-11-01T05:00:00Z", "LT_recordTime": "2026-11-01T05:10:00Z"}),
    ("mia", {"GE_eventTime": "2026-01-01T01:00:00Z", "LT_eventTime": "2026-01-01T01:01:00Z"}),
    ("rosa", {"orderBy": "eventTime"}),
    ("rosa", {"orderBy": "recordTime", "orderDirection": "ASC"}),
    ("dan", {"orderBy": "eventTime", "eventCountLimit": "5"}),
    ("rosa", {"EQ_bizStep": "destroying"}),
    ("rosa", {"EQ_bizStep": "receiving"}),
    ("rosa", {"EQ_disposition": "stolen"}),
    ("rosa", {"EQ_readPoint": "https://id.gs1.org/414/13"}),
    ("rosa", {"EQ_bizLocation": "https://id.gs1.org/414/13"}),
    ("rosa", {"EQ_eventID": "urn:x:given"}),
    ("rosa", {"EQ_eventID": "ni:///sha-256;" + "a" * 64 + "?ver=CBV2.0"}),
    ("mia", {"EQ_readPoint": "https://id.gs1.org/414/13", "orderBy": "eventTime"}),
]


def plans_of(queries: Any) -> list[str]:
    """The plans of what was asked of the events."""
    plans = []
    with connection.cursor() as cursor:
        for one in queries.captured_queries:
            if "custody_custodyevent" in one["sql"]:
                cursor.execute("EXPLAIN " + one["sql"])
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
    return plans


def test_questions_use_indexes(many: None, request: Any) -> None:
    for who, asked in ASKED:
        reader = request.getfixturevalue(who).membership
        query = read_query({name: [value] for name, value in asked.items()})
        for since in (None, find_events(reader, query, since=None, size=2).next):
            with CaptureQueriesContext(connection) as queries:
                find_events(reader, query, since=since, size=2)
            plans = plans_of(queries)
            assert plans
            for plan in plans:
                assert "Seq Scan on custody_" not in plan, (who, asked, plan)


def test_values_use_indexes(many: None, rosa: Any) -> None:
    reader = rosa.membership
    with CaptureQueriesContext(connection) as queries:
        assert values_seen(reader, "bizSteps", size=9) == ["destroying", "shipping"]
        assert len(values_seen(reader, "readPoints", size=1000)) == 700
        assert values_seen(reader, "bizSteps", only="receiving", size=1) == []
        assert len(epcs_seen(reader, since=None, size=5)[0]) == 5
    for plan in plans_of(queries):
        assert "Seq Scan on custody_custodyevent" not in plan, plan
