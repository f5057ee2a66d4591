from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.parties.actor import Actor
from apps.parties.checking import checked_text
from apps.parties.models import Scanner
from pharmatrace.kernel.gs1.calibration import Calibration
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def register_scanner(*, actor: Actor, name: str, calibration: Calibration, at: datetime) -> Scanner:
    """A scanner at the actor's site, as the reference code showed it.

    Raises Refused: `not_operator`, `missing`, `too_long`, `scanner_name_taken`.
    """
    if not actor.may_operate or actor.user_id is None:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    scanner = Scanner(
        organisation_id=actor.organisation_id,
        site_id=actor.site_id,
        name=checked_text(name, field="name", most=60),
        calibration=calibration.to_json(),
        calibrated_at=at,
        created_by_id=actor.user_id,
        created_at=at,
    )
    try:
        with transaction.atomic():
            scanner.save(force_insert=True)
    except IntegrityError as error:
        raise Refused.one(
            "scanner_name_taken",
            f"There is a scanner called {scanner.name} here already. Choose another name.",
            field="name",
        ) from error
    return scanner
