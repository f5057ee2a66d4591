"""What the rules say about each package of a session, asked of the same `decide` that the signature will ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.custody.loading import Loaded, load
from apps.custody.models import Package
from apps.desk.deliveries import with_reference
from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.counting import against_the_books
from apps.desk.sessions.events import event_for, receipt_for
from apps.desk.sessions.trees import above
from apps.parties.actor import Actor
from pharmatrace.kernel.custody.act import Act, act_of
from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.custody.kinds import Status
from pharmatrace.kernel.custody.world import PackageState
from pharmatrace.kernel.gs1.identifiers import ID_STEM, package_id
from pharmatrace.kernel.refusal import Refused

Outcome = ScanLine.Outcome
GOOD, REPEAT, STOP, UNKNOWN = Outcome.GOOD, Outcome.REPEAT, Outcome.STOP, Outcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Weighed:
    """`inside` are the containers around the package, the nearest first."""

    outcome: str
    code: str = ""
    sentence: str = ""
    inside: tuple[UUID, ...] = ()


def weigh(
    session: ScanSession, paths: Mapping[UUID, str], *, actor: Actor, at: datetime
) -> dict[UUID, Weighed]:
    """Whether each package could be signed for now. A constant number of queries; locks the packages until the
    end of the transaction, so that a signature finds what was weighed."""
    around = above(paths)
    if session.kind == ScanSession.Kind.COUNT:
        found = against_the_books(paths, around, actor=actor)
        return {
            id: Weighed(*found[id], tuple(one for one, _ in around.get(id, ()))) for id in paths
        }
    subjects = _subjects(session, paths, around)
    named = dict(subjects.values())
    acts = {id: _act(session, path, actor=actor, at=at) for id, path in named.items()}
    loaded = load(
        acts=list(acts.values()), actor_id=actor.organisation_id, actor_gln=actor.gln, on=at.date()
    )
    elsewhere = _of_other_deliveries(session, named)
    verdicts = {
        id: _verdict(session, id, act, loaded, elsewhere, actor=actor, at=at)
        for id, act in acts.items()
    }
    return {
        id: Weighed(*verdicts[subjects[id][0]], tuple(one for one, _ in around.get(id, ())))
        for id in paths
    }


def _subjects(
    session: ScanSession,
    paths: Mapping[UUID, str],
    around: Mapping[UUID, list[tuple[UUID, str]]],
) -> dict[UUID, tuple[UUID, str]]:
    """Whose custody is asked about: on arrival a packed package stands or falls with its outermost container."""
    if session.kind != ScanSession.Kind.RECEIVE:
        return {id: (id, path) for id, path in paths.items()}
    return {id: around[id][-1] if id in around else (id, path) for id, path in paths.items()}


def _act(session: ScanSession, path: str, *, actor: Actor, at: datetime) -> Act:
    uris = [ID_STEM + path]
    if session.kind == ScanSession.Kind.RECEIVE:
        event = receipt_for(
            uris, sender=session.party, reference=session.reference, actor=actor, at=at
        )
    else:
        event = event_for(session, uris, actor=actor, at=at)
    return act_of(event)


def _of_other_deliveries(session: ScanSession, named: Mapping[UUID, str]) -> dict[UUID, str]:
    """Of a session about one delivery: what was shipped under another number. One query."""
    if session.kind != ScanSession.Kind.RECEIVE or session.party_id is None:
        return {}
    packages = Package.objects.filter(
        id__in=list(named), consignee_id=session.organisation_id, custodian_id=session.party_id
    )
    return {
        id: reference
        for id, reference in with_reference(packages).values_list("id", "reference")
        if reference != session.reference
    }


def _verdict(
    session: ScanSession,
    id: UUID,
    act: Act,
    loaded: Loaded,
    elsewhere: Mapping[UUID, str],
    *,
    actor: Actor,
    at: datetime,
) -> tuple[str, str, str]:
    try:
        decide(loaded.states, act, loaded.actor, at, world=loaded.world)
    except Refused as refused:
        state = loaded.states.get(id)
        if state is not None and _done_before(session, state, refused.codes, actor):
            return REPEAT, "done_before", _("That was already recorded; nothing is recorded twice.")
        first = refused.refusals[0]
        unknown = first.code == "unknown_package"
        return (UNKNOWN if unknown else STOP), first.code, first.sentence
    if id in elsewhere:
        number = elsewhere[id].rpartition(":")[2]
        return (
            STOP,
            "other_delivery",
            _("It is on its way to you with another delivery: %(number)s.")
            % {"number": number or _("without a number")},
        )
    return GOOD, "", ""


def _done_before(
    session: ScanSession, state: PackageState, codes: tuple[str, ...], actor: Actor
) -> bool:
    """A colleague was quicker, or the form was sent twice: what was wanted is so."""
    mine = state.custodian == actor.organisation_id
    checks: dict[str, Any] = {
        "receive": "already_received" in codes,
        "ship": mine and state.status == Status.IN_TRANSIT and state.consignee == session.party_id,
        "return": mine and state.status == Status.IN_TRANSIT and state.consignee == session.party_id,
        "pack": bool(session.container) and state.parent == package_id(session.container),
        "lock": mine and state.status == Status.LOCKED,
        "unlock": mine and state.status == Status.ACTIVE,
    }  # fmt: skip
    return bool(checks.get(session.kind, False))
