"""Checking and hashing EPCIS events on one core: no database, no network."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pharmatrace.bench.figures import Figure
from pharmatrace.bench.ground import Ground
from pharmatrace.kernel.epcis.documents import check_document
from pharmatrace.kernel.epcis.event_hash import document_events, document_prehashes, event_hash
from pharmatrace.kernel.epcis.jsonld import read_document
from pharmatrace.kernel.epcis.jsonld_writing import write_document
from pharmatrace.kernel.epcis.model import AggregationEvent, Event, ObjectEvent

TIMES_FASTER = 20
TARGET_HASHES = 5_000.0
_SCHEMA = "gs1-epcis/EPCIS-JSON-Schema.json"
_EXAMPLES = "gs1-epcis/JSON/**/*.jsonld"


def measure(ground: Ground) -> Iterator[Figure]:
    """GS1's own examples where the public vectors are at hand, else documents of our own."""
    seconds = max(0.5, 5 * ground.scale)
    documents = _documents()
    rate = _rate(lambda: [check_document(text) for text in documents], len(documents), seconds)
    other = _jsonschema_rate(documents, seconds)
    yield Figure(
        name="check_document",
        work=f"check EPCIS documents, {len(documents)} of GS1's examples",
        value=rate,
        unit="documents/s",
        target=TIMES_FASTER * other if other else None,
        limit=_rate(lambda: [json.loads(text) for text in documents], len(documents), seconds),
        limit_is="parsing the same documents as JSON",
        note=f"{rate / other:.0f} times as fast as jsonschema with GS1's schema, {other:,.0f} documents/s"
        if other
        else "jsonschema or the public vectors are not here to compare with",
    )
    yield _hashing([json.loads(text) for text in documents], seconds)


def _hashing(documents: list[dict[str, Any]], seconds: float) -> Figure:
    texts = [text.encode() for one in documents for text in document_prehashes(one)]
    events = [found for one in documents for _, found in read_document(one)]
    read = [found for found in events if isinstance(found, Event)]
    raw = _rate(lambda: [document_prehashes(one) for one in documents], len(texts), seconds)
    return Figure(
        name="event_hash",
        work=f"event hash IDs of {len(texts)} events of all kinds, as they were read",
        value=_rate(lambda: [event_hash(event) for event in read], len(read), seconds),
        unit="hashes/s",
        target=TARGET_HASHES,
        limit=_rate(
            lambda: [hashlib.sha256(text).hexdigest() for text in texts], len(texts), seconds
        ),
        limit_is="SHA-256 of the same pre-hash strings alone",
        note=f"{raw:,.0f}/s from parsed JSON, not read as events before",
    )


def _rate(work: Callable[[], object], items: int, seconds: float) -> float:
    """Items per second of this process's own time, so that what else the machine does is left out."""
    work()  # what is computed once is no part of the rate
    rounds, begun = 0, time.process_time()
    while time.process_time() - begun < seconds:
        work()
        rounds += 1
    return rounds * items / (time.process_time() - begun)


def _documents() -> list[bytes]:
    found = [path.read_bytes() for path in sorted(_folder().glob(_EXAMPLES))]
    return [text for text in found if _has_events(text)] or [_own_document()]


def _has_events(text: bytes) -> bool:
    return bool(document_events(json.loads(text))[0])


def _folder() -> Path:
    beside = Path(__file__).parents[3] / "shared" / "conformance"
    return Path(os.environ.get("PHARMATRACE_CONFORMANCE") or beside)


def _jsonschema_rate(documents: list[bytes], seconds: float) -> float | None:
    """How fast jsonschema, a requirement of the tests only, is with GS1's schema; None without."""
    schema = _folder() / _SCHEMA
    try:
        from jsonschema.validators import validator_for  # type: ignore[import-untyped]
    except ImportError:
        return None
    if not schema.is_file():
        return None
    rules = json.loads(schema.read_bytes())
    validator = validator_for(rules)(rules)
    return _rate(
        lambda: [list(validator.iter_errors(json.loads(text))) for text in documents],
        len(documents),
        seconds,
    )


def _own_document() -> bytes:
    at = datetime(2026, 11, 20, 21, tzinfo=UTC)
    packs = tuple(f"https://id.gs1.org/01/04012345111118/21/{n:012}" for n in range(5))
    case, place = "https://id.gs1.org/00/040123450000000018", "https://id.gs1.org/414/4012345000009"
    shared: dict[str, Any] = {"event_time": at, "action": "ADD", "read_point": place}
    events = [
        ObjectEvent(epcs=packs, biz_step="commissioning", disposition="active", **shared),
        AggregationEvent(parent=case, children=packs, biz_step="packing", **shared),
    ]
    return json.dumps(write_document(events, at)).encode()
