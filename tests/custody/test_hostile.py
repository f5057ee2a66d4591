"""Valid and hostile oddities: an answer with a reason, never a fault."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from apps.custody.models import RefusedEvent
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.jsonld import read_document, write_document
from tests.custody.goods import CASE, LOT, Goods, codes, package, uri, uris

pytestmark = pytest.mark.django_db


def test_the_longest_serial_fits(mia: Any, goods: Goods) -> None:
    longest = uri("/" * 20)
    goods.commission(mia, [longest]).raise_refused()
    assert package(longest).path.endswith("%2F" * 20)


def test_a_logistic_unit_may_carry_a_lot(mia: Any, goods: Goods) -> None:
    event = acts.commission(
        [CASE], lot=LOT, expiry=date(2027, 10, 31), site_gln=mia.site.gln, at=goods.tick()
    )
    assert goods.record(mia, event).ok


@pytest.mark.parametrize("value", [2**70, "\x00", "\ud800"])
def test_what_cannot_be_stored_is_refused(mia: Any, dan: Any, goods: Goods, value: object) -> None:
    goods.commission(mia, uris(1))
    document = write_document([goods.shipment(mia, uris(1), dan)], created_at=goods.now)
    event = document["epcisBody"]["eventList"][0]
    event["example:odd"] = value
    document["@context"] = [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"example": "https://example.org/"},
    ]
    answer = mia.client.post("/api/capture", json.dumps(document), content_type="application/json")
    assert answer.status_code in (400, 409), answer.content
    assert b"refusals" in answer.content
    assert package(uri("S0")).status == "active"


def test_unpacking_the_bad_pack_frees_the_rest(mia: Any, dan: Any, goods: Goods) -> None:
    from apps.catalog.services import recall_batch
    from tests.custody.goods import EXPIRY, batch_of

    recalled = batch_of(mia, lot="L2")
    goods.commission(mia, uris(2)).raise_refused()
    bad = acts.commission(
        [uri("BAD")], lot="L2", expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick()
    )
    goods.record(mia, bad).raise_refused()
    goods.pack(mia, CASE, [*uris(2), uri("BAD")]).raise_refused()
    recall_batch(batch=recalled, reason="x", at=goods.now)
    assert codes(goods.ship(mia, [CASE], dan)) == {"recalled"}
    out = acts.unpack(CASE, [uri("BAD")], site_gln=mia.site.gln, at=goods.tick())
    assert goods.record(mia, out, goods.shipment(mia, [CASE], dan)).ok


def test_every_named_package_is_a_finding(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(3))
    goods.do(Kind.LOCK, dan, [*uris(2), uri("NEVER")])
    found = RefusedEvent.objects.values_list("package_path", "code")
    assert {(path[-2:], code) for path, code in found} == {
        ("S0", "not_custodian"), ("S1", "not_custodian"), ("ER", "unknown_package"),
    }  # fmt: skip


def test_a_pack_in_a_stolen_case_is_told_as_stolen(mia: Any, petra: Any, goods: Goods) -> None:
    goods.commission(mia, uris(2))
    goods.pack(mia, CASE, uris(2))
    goods.do(Kind.REPORT_STOLEN, mia, [CASE]).raise_refused()
    refused = goods.do(Kind.DISPENSE, petra, [uri("S0")]).outcomes[0].refusals
    assert refused[0].code == "stolen"


def test_reading_back_what_was_written_keeps_the_document(mia: Any, goods: Goods) -> None:
    goods.commission(mia, uris(1))
    document = package(uri("S0")).history.get().event.document
    ((_, event),) = read_document(document)
    assert event.epcs == tuple(uris(1))
