"""Signed events over HTTP: packs dispensed one by one, reported in documents of a thousand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from pharmatrace.bench.figures import Figure
from pharmatrace.bench.ground import Ground
from pharmatrace.bench.limits import copy_alone, facts_alone, last_statement, rows_since
from pharmatrace.bench.load import Request, closed_loop
from pharmatrace.demo.cast import CAST
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.jsonld import write_document

LOT, MAKER, PHARMACY = "T039771", "maker-m", "pharmacy-madrid"
EVENTS_PER_DOCUMENT = 1_000
CLIENTS = 4  # two for each web process, so that both are busy
TARGET_RATE = 3_000.0


def measure(ground: Ground) -> Iterator[Figure]:
    uris = _goods(ground, documents=ground.size(24, least=4))
    ground.seal_all()
    address = ground.web()
    token = ground.token(PHARMACY)
    requests = [
        capture_request(_document(ground, uris[n : n + EVENTS_PER_DOCUMENT]), token)
        for n in range(0, len(uris), EVENTS_PER_DOCUMENT)
    ]
    warm, requests = requests[:2], requests[2:]
    closed_loop(address, warm, clients=CLIENTS).must_be_right()
    before = last_statement()
    answered = closed_loop(address, requests, clients=CLIENTS).must_be_right()
    events = len(requests) * EVENTS_PER_DOCUMENT
    alone = facts_alone(ground, PHARMACY, [[uri] for uri in uris[-events:]])
    alone += copy_alone(rows_since(before))
    yield Figure(
        name="capture",
        work=f"capture over HTTP, documents of {EVENTS_PER_DOCUMENT:,} single-pack events",
        value=events / answered.elapsed,
        unit="signed events/s",
        target=TARGET_RATE,
        limit=events / alone,
        limit_is="facts, signature and COPY of the same rows alone, in one process",
        note=f"{events:,} events, 2 web processes, {CLIENTS} clients on the same two cores",
    )


def _goods(ground: Ground, *, documents: int) -> Sequence[str]:
    """Packs in the pharmacy's hands."""
    batch = ground.batch(LOT)
    uris = ground.new_packs(batch, documents * EVENTS_PER_DOCUMENT)
    ground.commission(batch, uris)
    ground.ship(uris, sender=MAKER, to=PHARMACY)
    ground.receive(uris, sender=MAKER, to=PHARMACY)
    return uris


def _document(ground: Ground, uris: Sequence[str]) -> bytes:
    now, site = ground.now(), CAST[PHARMACY].site_gln
    events = [acts.act(Kind.DISPENSE, [uri], site_gln=site, at=now) for uri in uris]
    return orjson.dumps(write_document(events, now))


def capture_request(body: bytes, token: str) -> Request:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return Request("POST", "/api/capture", body, headers)
