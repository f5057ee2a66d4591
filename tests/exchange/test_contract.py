"""GS1's own openapi.yaml against the running service: schemathesis asks, in and out of the schema, and every
answer has a status, headers, a content type and a body that the document has. No 500.

`PHARMATRACE_CONTRACT_EXAMPLES=500` makes a long run of it by hand; the normal one is the same every time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.custody.models import CustodyEvent
from apps.exchange.documents import hash_id
from pharmatrace.kernel.epcis.jsonld import write_document
from tests.custody.goods import CASE, START, Goods, uri, uris
from tests.exchange.standard import as_amended, as_published, operations, seed

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("PHARMATRACE_CONTRACT_EXAMPLES", "6"))
CHECKS = [
    content_type_conformance, response_headers_conformance, response_schema_conformance,
    status_code_conformance,
]  # fmt: skip
# What named queries and subscriptions will answer. Empty this when they are there.
NOT_YET = (
    "GET /",
    "GET /queries", "POST /queries", "GET /queries/{queryName}", "DELETE /queries/{queryName}",
    "GET /queries/{queryName}/events", "GET /queries/{queryName}/subscriptions",
    "POST /queries/{queryName}/subscriptions",
    "GET /queries/{queryName}/subscriptions/{subscriptionID}",
    "DELETE /queries/{queryName}/subscriptions/{subscriptionID}",
)  # fmt: skip
RESOURCES = (
    "", "capture", "events", "eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints",
    "dispositions", "queries", "nextPageToken",
)  # fmt: skip
ACCEPTED = (None, "application/json", "application/xml", "*/*;q=0.1, application/xml")


@pytest.fixture
def me(machine: Any, mia: Any, dan: Any, goods: Goods) -> Any:
    """Mia's machine; she made packs, packed some and sent them to Dan, who received them."""
    for result in (
        goods.commission(mia, uris(3)),
        goods.pack(mia, CASE, uris(2)),
        goods.ship(mia, [CASE], dan),
        goods.receive(dan, [CASE], mia),
    ):
        result.raise_refused()
    return machine(mia)


@pytest.fixture
def values(me: Any, mia: Any) -> dict[str, list[str]]:
    """What there is, and what there is not, for every path parameter."""
    answer = me.post("/capture", write_document([], START) | {"epcisBody": {"eventList": [{}]}},
                     GS1_Capture_Error_Behaviour="proceed")  # fmt: skip
    assert answer.status_code == 202
    place = f"https://id.gs1.org/414/{mia.site.gln}"
    nothing = ["urn:x:nothing", "nothing", "\u00e4 %/?#", "a" * 300]
    first = CustodyEvent.objects.earliest("id")
    return {
        "captureID": [answer["Location"].rpartition("/")[2], *nothing],
        "eventID": [hash_id(first), *nothing],
        "eventType": ["ObjectEvent", "AggregationEvent", *nothing],
        "epc": [CASE, uri("S0"), "urn:epc:id:sgtin:9521234.054321.S0", "urn:epc:id:x", *nothing],
        "bizStep": ["shipping", "urn:epcglobal:cbv:bizstep:packing", *nothing],
        "bizLocation": [place, "urn:epc:id:sgln:560100.000002.0", *nothing],
        "readPoint": [place, *nothing],
        "disposition": ["in_transit", *nothing],
        "queryName": nothing,
        "subscriptionID": nothing,
        "token": nothing,
    }


@pytest.fixture
def service(values: Any) -> Iterator[Any]:
    """The WSGI application as it runs; only the connection, which is the test's, stays open between requests.
    Comes after `values`: Django's test client connects these signals again."""
    signals = (request_started, request_finished)
    for one in signals:
        one.disconnect(close_old_connections)
    yield get_wsgi_application()
    for one in signals:
        one.connect(close_old_connections)


def test_all_paths_are_here(conformance: Path) -> None:
    document = as_published(conformance)
    assert len(document["paths"]) == 29
    assert {path.split("/")[1] for path in document["paths"]} == set(RESOURCES)
    described = {f"{method.upper()} {path}" for path, method, _ in operations(document)}
    assert set(NOT_YET) <= described


@pytest.mark.parametrize("resource", RESOURCES)
def test_the_service_keeps_the_contract(
    resource: str, service: Any, me: Any, values: dict[str, list[str]], conformance: Path
) -> None:
    document = as_amended(conformance)
    seed(document, values)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = service
    schema.config.update(base_url="http://testserver/epcis")
    found = {}
    for path, method, _ in operations(document):
        if path.split("/")[1] == resource:
            label = f"{method.upper()} {path}"
            failure = first_failure(schema[path][method.upper()], me.headers)
            if (failure is not None) != (label in NOT_YET):
                found[label] = failure or "is listed in NOT_YET and does what it should"
    assert not found, "\n\n".join(f"{label}: {one}" for label, one in found.items())


def first_failure(operation: Any, headers: dict[str, str]) -> str | None:
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(case=cases, accept=st.sampled_from(ACCEPTED))
    def ask(case: Any, accept: str | None) -> None:
        """Nothing that is captured stays, so one question does not depend on another."""
        with transaction.atomic():
            more = {"Accept": accept} if accept else {}
            response = case.call(headers=headers | more)
            assert response.status_code != 500
            case.validate_response(response, checks=CHECKS)
            transaction.set_rollback(True)

    try:
        ask()
    except (Exception, FailureGroup) as error:
        return f"{type(error).__name__} {error} {getattr(error, 'exceptions', '')}"
    return None
