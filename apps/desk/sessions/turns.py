"""Whoever changes a session holds its row until the end of the transaction: two devices take turns."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from apps.desk.models import ScanSession
from apps.parties.actor import Actor
from pharmatrace.kernel.refusal import Refused


def take_turn(*, actor: Actor, session_id: UUID) -> ScanSession:
    """The session, locked. Call it inside a transaction.

    Raises `Refused`: `not_operator`, `session_unknown` where it is none of the actor's site.
    """
    if not actor.may_operate:
        raise Refused.one("not_operator", _("Your role lets you look, not record."))
    session = (
        ScanSession.objects.select_for_update(of=("self",))
        .select_related("party", "order", "closed_by")
        .filter(id=session_id, organisation_id=actor.organisation_id, site_id=actor.site_id)
        .first()
    )
    if session is None:
        raise Refused.one("session_unknown", _("There is no such session at your site."))
    return session


def take_open(*, actor: Actor, session_id: UUID) -> ScanSession:
    """Like `take_turn`; raises `session_closed` too, where it was signed or dropped meanwhile."""
    session = take_turn(actor=actor, session_id=session_id)
    if not session.is_open:
        raise Refused.one("session_closed", _("This session is closed; nothing was changed."))
    return session
