"""schemathesis asks one operation of an OpenAPI document, in and out of its schema, and says what is not as
described. The same questions every time, unless PHARMATRACE_CONTRACT_EXAMPLES asks for more of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

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

EXAMPLES = int(os.environ.get("PHARMATRACE_CONTRACT_EXAMPLES", "8"))
CHECKS = [
    content_type_conformance, response_headers_conformance, response_schema_conformance,
    status_code_conformance,
]  # fmt: skip
ACCEPTED = (None, "application/json", "application/xml", "*/*;q=0.1, application/xml")


@contextmanager
def asked(document: dict[str, Any], *, at: str) -> Iterator[Callable[[str, str, Any], str | None]]:
    """Gives `ask(path, method, headers)`, which answers with the first thing that is wrong, or None.

    It is the WSGI application as it runs; only the connection, which is the test's, stays open between
    requests (Django's own test client connects these signals again with each request).
    """
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    schema.config.update(base_url=f"http://testserver{at}")
    signals = (request_started, request_finished)
    for one in signals:
        one.disconnect(close_old_connections)
    try:
        yield lambda path, method, headers: _first(schema[path][method.upper()], headers)
    finally:
        for one in signals:
            one.connect(close_old_connections)


def _first(operation: Any, headers: dict[str, str]) -> str | None:
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    pages = "perPage" in {one.name for one in operation.query}

    @settings(
        max_examples=EXAMPLES, derandomize=EXAMPLES == 8, database=None, deadline=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(
        case=cases,
        accept=st.sampled_from(ACCEPTED),
        plain=st.booleans(),
        known=st.sampled_from([True, True, True, False]),
    )
    def ask(case: Any, accept: str | None, plain: bool, known: bool) -> None:
        """A plain question should get what it asks for: no odd versions or parameters, and more than one page.
        One in four is a stranger's.

        Nothing that is captured stays, so one question does not depend on another.
        """
        if plain:
            case.query, case.headers = {"perPage": 1} if pages else {}, {}
        with transaction.atomic():
            more = {"Accept": accept} if accept else {}
            response = case.call(headers=(headers if known else {}) | more)
            assert response.status_code != 500, response.text
            case.validate_response(response, checks=CHECKS)
            transaction.set_rollback(True)

    try:
        ask()
    except (Exception, FailureGroup) as error:
        return f"{type(error).__name__} {error} {getattr(error, 'exceptions', '')}"
    return None
