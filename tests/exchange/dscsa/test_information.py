"""What the law lists: lines, parties, date, statement; and what nobody recorded is said to be missing."""

from __future__ import annotations

from typing import Any

import pytest

from apps.catalog.models import Product
from apps.exchange.dscsa.affirming import affirm_statement
from apps.exchange.dscsa.information import address_of, information_on, statement_of
from apps.exchange.dscsa.models import TransactionStatement
from apps.exchange.dscsa.shipment import Shipment
from apps.parties.models import Licence, Membership
from apps.parties.services import change_organisation
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import START, Goods, batch_of, uri
from tests.exchange.dscsa.conftest import newest

pytestmark = pytest.mark.django_db


def test_one_line_a_product_and_lot(shipped: Shipment, packed: Goods, mia: Any, dan: Any) -> None:
    batch_of(mia, lot="L2")
    packed.commission(mia, [uri("Z")], lot="L2").raise_refused()
    packed.ship(mia, [uri("Z")], dan).raise_refused()
    told = information_on(newest(mia))
    assert [(line.batch.lot, line.count) for line in told.lines] == [("L1", 7), ("L2", 1)]
    assert (told.containers, told.undescribed) == (8, 0)
    assert told.date.isoformat() == "2026-11-02"


def test_what_is_not_recorded_is_named_and_not_invented(shipped: Shipment, mia: Any) -> None:
    missing = information_on(shipped).missing
    assert missing == [
        "the address of Mia Makes Medicines",
        "the address of Dan Distributes",
        "the National Drug Code of Examplin",
    ]
    Product.objects.update(national_codes={"US": "00000-0123-45"})
    for one in (shipped.sender, shipped.receiver):
        change_organisation(
            organisation=one, street="1 Main St", city="Trenton", state="NJ", at=START
        )
    again = newest(mia)
    assert information_on(again).missing == []
    assert address_of(again.sender) == "1 Main St, Trenton, NJ, PT"


def test_the_day_is_that_of_the_senders_clock(shipped: Shipment) -> None:
    shipped.first.document["eventTimeZoneOffset"] = "-14:00"
    assert information_on(shipped).date.isoformat() == "2026-11-01"


def test_the_sender_affirms_and_nobody_else(shipped: Shipment, mia: Any, dan: Any) -> None:
    assert statement_of(shipped).affirmed_at is None
    with pytest.raises(Refused, match="makes this statement"):
        affirm_statement(actor=dan.actor, shipment=shipped, at=START)
    for _ in range(2):
        affirm_statement(actor=mia.actor, shipment=shipped, at=START)
    made = statement_of(shipped)
    assert (made.affirmed_at, made.affirmed_by) == (START, "Mia")
    assert TransactionStatement.objects.count() == 1


def test_what_is_shipped_later_under_the_number_is_not_affirmed(
    shipped: Shipment, packed: Goods, mia: Any, dan: Any
) -> None:
    affirm_statement(actor=mia.actor, shipment=shipped, at=START)
    packed.commission(mia, [uri("Z")]).raise_refused()
    packed.ship(mia, [uri("Z")], dan).raise_refused()
    assert statement_of(newest(mia)).affirmed_at is None


def test_a_viewer_and_the_unlicensed_cannot_affirm(shipped: Shipment, mia: Any) -> None:
    Membership.objects.filter(pk=mia.membership.pk).update(role="viewer")
    mia.membership.refresh_from_db()
    with pytest.raises(Refused, match="look, not record"):
        affirm_statement(actor=mia.actor, shipment=shipped, at=START)
    Membership.objects.filter(pk=mia.membership.pk).update(role="operator")
    mia.membership.refresh_from_db()
    Licence.objects.filter(organisation=mia.organisation).update(revoked_at=START)
    with pytest.raises(Refused, match="had no licence"):
        affirm_statement(actor=mia.actor, shipment=shipped, at=START)
    assert not TransactionStatement.objects.exists()
