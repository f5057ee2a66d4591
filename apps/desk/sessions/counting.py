"""A count: what is on the shelf against what the books say."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from apps.custody.loading import states_now
from apps.desk.models import ScanLine
from apps.desk.wording import STATUSES
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.custody.kinds import Status
from pharmatrace.kernel.custody.world import PackageState

ON_THE_SHELF = (Status.ACTIVE, Status.LOCKED, Status.SAMPLE)
Outcome = ScanLine.Outcome


def against_the_books(
    paths: Mapping[UUID, str], around: Mapping[UUID, list[tuple[UUID, str]]], *, actor: Actor
) -> dict[UUID, tuple[str, str, str]]:
    """Outcome, code and sentence for each package that was seen. Two queries."""
    tops = {id: around[id][-1][0] if id in around else id for id in paths}
    states = states_now({*paths, *tops.values()})
    held = {state.custodian for state in states.values() if state.custodian is not None}
    holders = held - {actor.organisation_id}
    names = (
        dict(Organisation.objects.filter(id__in=holders).values_list("id", "name"))
        if holders
        else {}
    )
    return {
        id: _seen(states.get(id), states.get(tops[id]), names, path, actor)
        for id, path in paths.items()
    }


def _seen(
    state: PackageState | None,
    top: PackageState | None,
    names: Mapping[UUID, str],
    path: str,
    actor: Actor,
) -> tuple[str, str, str]:
    if state is None or top is None:
        return Outcome.UNKNOWN, "unknown_package", _("%(path)s was never registered.") % {"path": path}  # fmt: skip
    if top.custodian != actor.organisation_id:
        holder = names.get(top.custodian, "") if top.custodian else ""
        sentence = _("On the shelf, but not in your books: %(name)s holds it.") % {"name": holder}
        return Outcome.STOP, "not_in_the_books", sentence
    if top.status not in ON_THE_SHELF:
        word = STATUSES[top.status].word
        sentence = _("On the shelf, but the books say: %(status)s.") % {"status": word}
        return Outcome.STOP, "not_in_the_books", sentence
    if top.site != actor.site_id:
        return Outcome.STOP, "elsewhere", _("The books have it at another site of yours.")
    return Outcome.GOOD, "", ""
