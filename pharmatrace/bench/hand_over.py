"""Scanned hand-overs over HTTP: eight clients, each receiving pack after pack."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from pharmatrace.bench.capture_http import capture_request
from pharmatrace.bench.figures import Figure, percentile
from pharmatrace.bench.ground import Ground, receiving
from pharmatrace.bench.load import closed_loop
from pharmatrace.kernel.epcis.jsonld import write_document

LOT, MAKER, PHARMACY = "T039771", "maker-m", "pharmacy-sevilla"
CLIENTS = 8
TARGET_P99 = 100.0


def measure(ground: Ground) -> Iterator[Figure]:
    batch = ground.batch(LOT)
    uris = ground.new_packs(batch, ground.size(1_600, least=80))
    ground.commission(batch, uris)
    ground.ship(uris, sender=MAKER, to=PHARMACY)
    ground.seal_all()
    address, token = ground.web(), ground.token(PHARMACY)
    now = ground.now()
    requests = [
        capture_request(
            orjson.dumps(write_document([receiving([uri], MAKER, PHARMACY, at=now)], now)), token
        )
        for uri in uris
    ]
    warm = CLIENTS * 4
    closed_loop(address, requests[:warm], clients=CLIENTS).must_be_right()
    answered = closed_loop(address, requests[warm:], clients=CLIENTS).must_be_right()
    times = [1000 * seconds for seconds in answered.seconds]
    yield Figure(
        name="hand_over",
        work=f"one scanned hand-over over HTTP, {CLIENTS} clients",
        value=percentile(times, 0.99),
        unit="ms (p99)",
        target=TARGET_P99,
        more_is_better=False,
        note=f"p50 {percentile(times, 0.5):.1f} ms; {len(times) / answered.elapsed:,.0f} hand-overs/s,"
        " every one signed and on disk before it is answered",
    )
