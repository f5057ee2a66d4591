"""Our own document, sent to an instance that knows all of it, changes nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest

from apps.custody.models import CustodyEvent
from apps.exchange.dscsa.document import write_epcis
from apps.exchange.dscsa.information import information_on
from apps.exchange.dscsa.shipment import Shipment
from apps.exchange.master_data.models import Proposal
from tests.custody.goods import START
from tests.exchange.test_capture import job_of

pytestmark = pytest.mark.django_db


def test_its_events_are_known_and_its_master_data_says_what_we_say(
    machine: Any, shipped: Shipment, dan: Any
) -> None:
    target = io.BytesIO()
    write_epcis(information_on(shipped), target, at=START)
    before = CustodyEvent.objects.count()
    me = machine(dan)
    job = job_of(me, me.post("/capture", target.getvalue(), "application/xml"))
    assert (job["success"], job["errors"], len(job["receipts"])) == (True, [], before)
    assert job["masterData"] == {"elements": 6, "proposals": 0, "leftOff": 0}
    assert CustodyEvent.objects.count() == before
    assert not Proposal.objects.exists()
