"""What the authority makes of it: a case about copied serials, and alerts that somebody has looked into."""

from __future__ import annotations

from datetime import datetime

from apps.custody.models import Package
from apps.custody.selectors import find
from apps.oversight.cases.services import collect, open_case, write_note
from apps.oversight.models import CaseFile
from apps.parties.models import Membership, Organisation
from apps.safety.models import Alert
from apps.safety.services import close_alert
from pharmatrace.demo.cast import CAST
from pharmatrace.demo.highlights import Highlight, Highlights
from pharmatrace.demo.world import World
from pharmatrace.kernel.custody.act import RESOLVER

TITLE = "Copied serials in Lisboa"


def investigate(world: World, packs: Highlights, *, at: datetime) -> None:
    """Opens the case, unless an earlier run did."""
    rosa = Membership.objects.select_related("organisation", "user").get(
        organisation_id=world.actors["regulator"].organisation_id,
        user__email=CAST["regulator"].email,
    )
    if CaseFile.objects.filter(authority=rosa.organisation, title=TITLE).exists():
        return
    case = open_case(by=rosa, title=TITLE, at=at)
    suspect = Organisation.objects.get(gln=CAST[packs.travelled_to].gln)
    for thing, reason in (
        (_package(packs.travelled), "Dispensed in Spain, presented in Lisboa minutes later."),
        (suspect, "Presented the copy."),
    ):
        collect(by=rosa, case=case, thing=thing, reason=reason, at=at)
    write_note(
        by=rosa,
        case=case,
        text="Both pharmacies were called. The pack in Lisboa is sealed and kept apart; the carton is at the "
        "laboratory.",
        at=at,
    )
    _close_one(rosa, packs, at)


def _package(pack: Highlight) -> Package:
    found = find(pack.uri.removeprefix(RESOLVER))
    assert found is not None
    return found


def _close_one(rosa: Membership, packs: Highlights, at: datetime) -> None:
    """The maker's alert about the first copy was looked into."""
    maker = CAST[packs.cloned.batch.medicine.maker].gln
    alerts = Alert.objects.filter(kind=Alert.Kind.CLONE, raised_for__gln=maker, closed_at=None)
    alert = alerts.order_by("id").first()
    if alert is not None:
        note = "Looked into with the maker: the carton is a copy, and was taken off the shelf."
        close_alert(alert=alert, at=at, by=rosa.user, note=note)
