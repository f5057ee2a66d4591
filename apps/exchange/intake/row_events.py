"""The event that rows stand for, written with the same builders as our screens'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.exchange.intake.columns import Act
from apps.exchange.intake.sender import Sender
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.model import Event


def event_of(
    act: Act, packages: tuple[str, ...], values: Mapping[str, Any], sender: Sender
) -> Event:
    """Nothing in it comes from a clock or a counter: the same rows are the same event, with the same hash."""
    where: dict[str, Any] = {
        "site_gln": values.get("site") or sender.site_gln,
        "at": values["time"],
    }
    if act.word == "commission" and values.get("lot"):
        return acts.commission(packages, lot=values["lot"], expiry=values["expiry"], **where)
    if act.word == "pack":
        return acts.pack(values["container"], packages, **where)
    if act.word == "unpack":
        return acts.unpack(values["container"], packages, **where)
    if act.word in ("ship", "return"):
        return acts.ship(
            packages, sender_gln=sender.gln, consignee_gln=values["to"],
            reference=values["shipment"], returning=act.word == "return", **where,
        )  # fmt: skip
    if act.word in ("receive", "refuse"):
        return acts.receive(
            packages, sender_gln=values["from"], consignee_gln=sender.gln,
            reference=values["shipment"], refusing=act.word == "refuse", **where,
        )  # fmt: skip
    return acts.act(Kind(act.word), packages, **where)
