"""A subscriber whose clock the test moves, and the key it signs with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from apps.exchange.delivering import deliver
from apps.exchange.models import Subscription
from apps.exchange.named_queries import define_query
from apps.exchange.reporting import report_due
from apps.exchange.subscribing import read_wish, subscribe
from apps.ledger.services.seal import seal
from tests.custody.goods import START, Goods, uri
from tests.exchange.receiver import Receiver

TOKEN = "13df38d8275b13f05704629e5f1cf3d45d6132d5"
EVERYTHING = {"eventType": ["ObjectEvent", "AggregationEvent"]}


class Desk:
    """Subscribes, seals, asks and sends, with a clock of its own that `later` moves."""

    def __init__(self, receiver: Receiver, goods: Goods) -> None:
        self.receiver, self.goods, self.now = receiver, goods, START

    def subscribe(
        self, who: Any, query: Any = None, token: Any = None, **more: Any
    ) -> Subscription:
        named = define_query(
            owner=who.membership, name=f"q{Subscription.objects.count()}",
            query=EVERYTHING if query is None else query, at=self.now,
        )  # fmt: skip
        body = {"dest": self.receiver.url} | more
        if "schedule" not in body:
            body["stream"] = True
        return subscribe(
            named=named, by=who.membership, token=token, wish=read_wish(body),
            epc_format="Always_GS1_Digital_Link", at=self.now,
        )  # fmt: skip

    def later(self, **how: float) -> datetime:
        self.now += timedelta(**how)
        return self.now

    def round(self, **how: Any) -> None:
        """Seals, asks what is due, sends what waits."""
        seal(at=self.now)
        while report_due(at=self.now) + deliver(at=self.now, **how):
            pass

    def commission(self, who: Any, *serials: str) -> None:
        self.goods.commission(who, [uri(one) for one in serials]).raise_refused()

    @property
    def told(self) -> list[str]:
        """The packs of all commissionings that arrived, in order; repeats by id left out."""
        first = {one.id: one for one in self.receiver.requests}
        return [
            event["epcList"][0].rpartition("/")[2]
            for one in first.values()
            for event in one.events
            if event["bizStep"] == "commissioning"
        ]
