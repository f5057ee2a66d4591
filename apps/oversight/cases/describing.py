"""What stands in a case's index about each thing, in plain values: for people; the proof is in the evidence."""

from __future__ import annotations

from typing import Any

from apps.custody.models import Package
from apps.custody.selectors import Step, history
from apps.oversight.models import CaseItem
from apps.parties.models import Organisation
from apps.parties.selectors import keys_of


def described(item: CaseItem) -> dict[str, Any]:
    """A few queries for each."""
    if item.kind == CaseItem.Kind.PACKAGE:
        return _package(item)
    if item.kind == CaseItem.Kind.ORGANISATION and item.organisation is not None:
        return _organisation(item.organisation)
    event = item.event
    if event is None:
        return {}
    return {
        "what": event.kind,
        "who": event.actor.name,
        "at": event.occurred_at.isoformat(),
        "packages": event.package_count,
    }


def _package(item: CaseItem) -> dict[str, Any]:
    assert item.package_id is not None
    package = Package.objects.select_related("batch__product__manufacturer").get(pk=item.package_id)
    batch = package.batch
    told: dict[str, Any] = {"level": package.level}
    if batch is not None:
        told |= {
            "product": str(batch.product),
            "gtin": batch.product.gtin,
            "manufacturer": batch.product.manufacturer.name,
            "lot": batch.lot,
            "expiry": batch.expiry.isoformat(),
        }
    told["history"] = [_step(step) for step in history(package.pk)]
    return told


def _step(step: Step) -> dict[str, Any]:
    event = step.event
    told = {
        "at": event.occurred_at.isoformat(),
        "what": event.kind,
        "who": event.doer.name,
        "where": str(event.site) if event.site else "",
    }
    if event.counterparty is not None:
        told["other"] = event.counterparty.name
    if step.wrong is not None:
        told["wrong"] = "declared wrong later"
    return told


def _organisation(organisation: Organisation) -> dict[str, Any]:
    return {
        "name": organisation.name,
        "kind": organisation.kind,
        "country": organisation.country,
        "gln": organisation.gln,
        "did": organisation.did,
        "licences": [
            {
                "authority": one.authority,
                "number": one.number,
                "activity": one.activity,
                "valid_from": one.valid_from.isoformat(),
                "valid_until": one.valid_until.isoformat() if one.valid_until else None,
                "suspended_at": one.suspended_at.isoformat() if one.suspended_at else None,
                "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            }
            for one in organisation.licences.all()
        ],
        "keys": [
            {
                "kid": key.kid.hex(),
                "created_at": key.created_at.isoformat(),
                "retired_at": key.retired_at.isoformat() if key.retired_at else None,
                "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
                "stolen_since": key.stolen_since.isoformat() if key.stolen_since else None,
            }
            for key in keys_of(organisation.pk)
        ],
        "sites": [
            {"name": one.name, "gln": one.gln, "city": one.city, "country": one.country}
            for one in organisation.sites.all()
        ],
    }
