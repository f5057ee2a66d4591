"""Thirty-two hands on one pallet: one wins, the others are told why, nobody sees a fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client

from apps.custody.models import CustodyEvent, Package
from apps.custody.services import capture
from apps.ledger.models import Statement
from apps.parties.services import issue_token
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.jsonld import write_document
from tests.custody.goods import EXPIRY, LOT, Goods, codes, package, uri, uris

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 32


def all_at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Runs `act(0..count-1)` in threads that start together; each closes its connection."""
    start = Barrier(count)

    def run(number: int) -> Any:
        start.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def receipt(dan: Any, mia: Any, *, at: datetime) -> Any:
    return acts.receive(
        uris(40), sender_gln=mia.organisation.gln, consignee_gln=dan.organisation.gln,
        reference="D1", site_gln=dan.site.gln, at=at,
    )  # fmt: skip


def test_thirty_two_clients_receive_one_shipment(mia: Any, dan: Any, goods: Goods) -> None:
    goods.commission(mia, uris(40)).raise_refused()
    goods.ship(mia, uris(40), dan).raise_refused()
    _, token = issue_token(
        membership=dan.membership, name="scanner", scopes=["capture"],
        expires_at=datetime.now(UTC) + timedelta(days=1), at=goods.now,
    )  # fmt: skip
    first = goods.tick()

    def send(number: int) -> tuple[int, Any]:
        event = receipt(dan, mia, at=first + timedelta(seconds=number))
        answer = Client(raise_request_exception=False).post(
            "/api/capture",
            orjson.dumps(write_document([event], created_at=first)),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        return answer.status_code, orjson.loads(answer.content)

    answers = all_at_once(CLIENTS, send)
    assert Counter(status for status, _ in answers) == {200: 1, 409: CLIENTS - 1}
    refused = [
        body["events"][0]["refusals"][0]["code"] for status, body in answers if status == 409
    ]
    assert set(refused) == {"already_received"}
    assert CustodyEvent.objects.filter(kind="receive").count() == 1
    assert Statement.objects.filter(type=1).count() == 3
    assert package(uri("S0")).custodian == dan.organisation


def test_two_commissions_of_the_same_serials_register_each_once(mia: Any, goods: Goods) -> None:
    at = goods.tick()

    def make(number: int) -> Any:
        event = acts.commission(
            uris(50), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln,
            at=at + timedelta(seconds=number),
        )  # fmt: skip
        return capture(actor=mia.actor, events=[event], at=at + timedelta(minutes=1))

    results = all_at_once(8, make)
    assert sum(result.ok for result in results) == 1
    assert {code for r in results for code in codes(r)} == {"already_registered"}
    assert Package.objects.count() == 50


def test_the_same_event_from_eight_clients_is_one_event(mia: Any, goods: Goods) -> None:
    event = acts.commission(uris(5), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=goods.tick())
    results = all_at_once(8, lambda _: capture(actor=mia.actor, events=[event], at=goods.now))
    assert Counter(r.outcomes[0].fate for r in results) == {"accepted": 1, "repeated": 7}
    assert CustodyEvent.objects.count() == 1


def test_one_pack_is_dispensed_once_and_overlapping_lists_do_not_deadlock(
    mia: Any, petra: Any, goods: Goods
) -> None:
    goods.commission(mia, uris(30)).raise_refused()
    goods.move(uris(30), mia, petra)
    at = goods.tick()

    def dispense(number: int) -> Any:
        mine = uris(30)[number : number + 12]
        if number % 2:
            mine.reverse()
        events = [
            acts.act(
                Kind.DISPENSE, [one], site_gln=petra.site.gln, at=at + timedelta(seconds=number)
            )
            for one in mine
        ]
        return capture(
            actor=petra.actor, events=events, at=at + timedelta(minutes=1), mode="proceed"
        )

    results = all_at_once(16, dispense)
    fates = Counter(o.fate for r in results for o in r.outcomes)
    assert fates["accepted"] == 27  # S0 to S26 were named, each by several
    assert {code for r in results for code in codes(r)} == {"already_dispensed"}
    assert CustodyEvent.objects.filter(kind="dispense").count() == 27
