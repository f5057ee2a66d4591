"""Reads: open alerts, and who holds any of a batch."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from apps.parties.actor import Actor
from apps.safety.models import Alert

GONE = ("supplied", "destroyed", "exported", "void")


def holders_of(batch_id: UUID) -> list[UUID]:
    """Every organisation that has packs of a batch on its shelves or on the way to it.

    Climbs from the packs to their outermost containers level by level, each container once, so the cost
    is the packs once plus the containers.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up(id, parent_id, custodian_id, consignee_id, status) AS ("
            " SELECT p.id, p.parent_id, p.custodian_id, p.consignee_id, p.status"
            " FROM custody_package p WHERE p.id IN (SELECT DISTINCT parent_id FROM custody_package"
            "   WHERE batch_id = %(batch)s AND parent_id IS NOT NULL)"
            " UNION SELECT p.id, p.parent_id, p.custodian_id, p.consignee_id, p.status"
            " FROM custody_package p JOIN up ON p.id = up.parent_id),"
            " tops AS (SELECT custodian_id, consignee_id, status FROM up WHERE parent_id IS NULL"
            " UNION SELECT custodian_id, consignee_id, status FROM custody_package"
            "   WHERE batch_id = %(batch)s AND parent_id IS NULL)"
            " SELECT custodian_id FROM tops WHERE status <> ALL(%(gone)s)"
            " UNION SELECT consignee_id FROM tops WHERE consignee_id IS NOT NULL",
            {"batch": str(batch_id), "gone": list(GONE)},
        )
        return [holder for (holder,) in cursor.fetchall()]


def open_alerts(actor: Actor) -> QuerySet[Alert]:
    """What nobody has closed yet of `alerts_for`, newest first."""
    waiting = alerts_for(actor).filter(closed_at__isnull=True)
    return waiting.select_related("batch__product", "raised_for").order_by("-raised_at")


def alerts_for(actor: Actor) -> QuerySet[Alert]:
    """An organisation sees its own; a regulator sees all."""
    alerts = Alert.objects.all()
    return (
        alerts if actor.kind == "regulator" else alerts.filter(raised_for_id=actor.organisation_id)
    )
