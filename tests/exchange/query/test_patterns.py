"""Every scheme of EPC patterns, against the identifier that TDS's own form becomes."""

from __future__ import annotations

import re

import pytest

from apps.exchange.query.patterns import expression
from pharmatrace.kernel.gs1.epc_urn import uri_from_urn

BODIES = {
    "sgtin": ["9521234.054321.a%2Fb", "9521234.054321.*", "9521234.*.*", "*.*.*"],
    "upui": ["9521234.054321.51qIgY)", "9521234.054321.*", "9521234.*.*", "*.*.*"],
    "sscc": ["9521234.0000000001", "9521234.*", "*.*"],
    "sgln": ["9521234.00001.A7", "9521234.00001.*", "9521234.*.*", "*.*.*"],
    "pgln": ["9521234.00001", "9521234.*", "*.*"],
    "grai": ["9521234.54321.a-1", "9521234.54321.*", "9521234.*.*", "*.*.*"],
    "giai": ["9521234.x.y", "9521234.*", "*.*"],
    "gsrn": ["9521234.0000000001", "9521234.*", "*.*"],
    "gsrnp": ["9521234.0000000001", "9521234.*", "*.*"],
    "gdti": ["9521234.00001.A1", "9521234.00001.*", "9521234.*.*", "*.*.*"],
    "sgcn": ["9521234.00001.0123", "9521234.00001.*", "9521234.*.*", "*.*.*"],
    "cpi": ["9521234.5PQ7%2FZ43.12345", "9521234.5PQ7%2FZ43.*", "9521234.*.*", "*.*.*"],
    "itip": ["9521234.054321.01.02.S1", "9521234.054321.01.02.*", "9521234.054321.01.*.*",
             "9521234.054321.*.*.*", "9521234.*.*.*.*", "*.*.*.*.*"],
    "ginc": ["9521234.xyz", "9521234.*", "*.*"],
    "gsin": ["9521234.000000001", "9521234.*", "*.*"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "body"), [(one, body) for one, bodies in BODIES.items() for body in bodies]
)
def test_a_pattern_matches_what_it_describes(scheme: str, body: str) -> None:
    found = uri_from_urn(f"urn:epc:id:{scheme}:{BODIES[scheme][0]}")
    pattern = expression(f"urn:epc:idpat:{scheme}:{body}")
    assert re.fullmatch(pattern, found)
    for other in set(BODIES) - {scheme}:
        assert not re.fullmatch(pattern, uri_from_urn(f"urn:epc:id:{other}:{BODIES[other][0]}"))
    if body != "*" and "9521234" in body:
        assert not re.fullmatch(pattern, found.replace("521234", "521235"))


@pytest.mark.parametrize(
    ("body", "uri"),
    [
        ("sgtin:9521234.054321.*", "urn:epc:class:lgtin:9521234.054321.L1"),
        ("grai:9521234.54321.*", "urn:epc:idpat:grai:9521234.54321.*"),
        ("gdti:9521234.00001.*", "urn:epc:idpat:gdti:9521234.00001.*"),
        ("cpi:9521234.5PQ7.*", "urn:epc:idpat:cpi:9521234.5PQ7.*"),
        ("itip:9521234.054321.01.02.*", "urn:epc:idpat:itip:9521234.054321.01.02.*"),
    ],
)
def test_a_pattern_matches_classes(body: str, uri: str) -> None:
    assert re.fullmatch(expression(f"urn:epc:idpat:{body}", of_classes=True), uri_from_urn(uri))
