from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.models import Membership, Organisation
from apps.parties.permissions import may
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def set_second_factor_rule(*, by: Membership, rule: str, at: datetime) -> Organisation:
    """Whose people need a second factor from now on: `nobody`, `admins` or `everybody`.

    Raises Refused: `not_admin`, `rule`.
    """
    if not may(by, "administer"):
        raise Refused.one("not_admin", "An administrator of the organisation decides this.")
    if rule not in Organisation.SecondFactor.values:
        raise Refused.one("rule", f"There is no rule {rule!r}.", field="rule")
    row = Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    if row.second_factor != rule:
        row.second_factor = rule
        row.save(update_fields=["second_factor"])
        deeds.record(
            deeds.Action.FACTOR_RULE,
            Organisation.SecondFactor(rule).label,
            organisation_id=row.pk,
            at=at,
        )
    return row
