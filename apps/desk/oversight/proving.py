"""Evidence for what a case collects: made by the public half of the house, which proves."""

from __future__ import annotations

from apps.custody.models import CustodyEvent, Package
from apps.ledger.evidence import NoEvidence
from apps.oversight.cases.archive import Proven
from apps.oversight.models import CaseItem
from apps.verify.services import prove, prove_event
from apps.verify.statements import StatementFault
from pharmatrace.kernel.refusal import Refused


def prove_item(item: CaseItem) -> Proven:
    """The bundle as an authority may see it, or why there is none."""
    try:
        if item.kind == CaseItem.Kind.PACKAGE:
            assert item.package_id is not None
            package = Package.objects.get(pk=item.package_id)
            return Proven(prove(package=package, level="regulator"))
        assert item.event is not None
        events = CustodyEvent.objects.filter(hash=item.event.hash).order_by("id")
        return Proven(prove_event(events=list(events), level="regulator"))
    except Refused as refused:
        return Proven(None, str(refused))
    except (NoEvidence, StatementFault) as fault:
        return Proven(None, f"The record is not what was signed, or was erased: {fault}")
