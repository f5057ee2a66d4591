"""Writes: an order is taken in, and closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.desk.models import Order, OrderLine
from apps.desk.orders.reading import Wanted
from apps.desk.sessions.picking import picks_of
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.refusal import Refused


def open_order(
    *, actor: Actor, customer: Organisation, reference: str, lines: Sequence[Wanted], at: datetime
) -> Order:
    """Raises `Refused`: `not_operator`, `order_there`."""
    if not actor.may_operate:
        raise Refused.one("not_operator", _("Your role lets you look, not record."))
    try:
        with transaction.atomic():
            order = Order.objects.create(
                organisation_id=actor.organisation_id,
                customer=customer,
                reference=reference,
                opened_by_id=actor.person_id,
                opened_at=at,
            )
            OrderLine.objects.bulk_create(
                OrderLine(order=order, product=one.product, lot=one.lot, quantity=one.quantity)
                for one in lines
            )
    except IntegrityError:
        raise Refused.one(
            "order_there",
            _("There is an order %(reference)s of this customer already.")
            % {"reference": reference},
            field="reference",
        ) from None
    return order


def close_order(*, order: Order, at: datetime) -> None:
    """No further shipment is expected. Closing twice is once."""
    Order.objects.filter(pk=order.pk, closed_at=None).update(closed_at=at)


def close_if_complete(order: Order, *, at: datetime) -> None:
    """After a shipment: an order of which nothing is left needs nobody to close it."""
    if not any(pick.left for pick in picks_of(order.pk)):
        close_order(order=order, at=at)
