"""drop: ends a session without recording anything. Its lines stay to be looked at."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.desk.models import ScanSession
from apps.desk.sessions.turns import take_turn
from apps.parties.actor import Actor


@transaction.atomic
def drop(*, actor: Actor, session_id: UUID, at: datetime) -> ScanSession:
    """A session that is closed already stays as it is. Raises `Refused` like `take_turn`."""
    session = take_turn(actor=actor, session_id=session_id)
    if session.is_open:
        session.state = ScanSession.State.DROPPED
        session.closed_at, session.closed_by_id = at, actor.user_id
        session.save(update_fields=["state", "closed_at", "closed_by"])
    return session
