"""Django's session engine (SESSION_ENGINE) over `BrowserSession`: what it keeps of a sign-in is copied out of
the session's content into columns whenever it is saved, so the two cannot differ."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as RowStore
from django.http import HttpRequest
from django.utils import timezone

from apps.parties.session_models import BrowserSession
from apps.parties.signing_in import visitor_of

DEVICE, ADDRESS, SIGNED_IN_AT, SEEN_AT = "device", "address", "signed_in_at", "seen_at"
SEEN_WITHIN = timedelta(minutes=10)


class SessionStore(RowStore):
    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def create_model_instance(self, data: dict[str, Any]) -> BrowserSession:
        row: BrowserSession = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.device, row.address = data.get(DEVICE, ""), data.get(ADDRESS)
        row.signed_in_at, row.seen_at = _moment(data, SIGNED_IN_AT), _moment(data, SEEN_AT)
        return row


def _moment(data: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(data[name]) if name in data else None


def note_sign_in(request: HttpRequest, *, at: datetime) -> None:
    """The session remembers from where and when it was signed in."""
    device = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    request.session[DEVICE] = device.encode(errors="replace").decode()[:200]
    request.session[ADDRESS] = visitor_of(request)
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = at.isoformat()


def note_seen(request: HttpRequest) -> None:
    """Written at most every ten minutes; otherwise it costs nothing."""
    now, seen = timezone.now(), request.session.get(SEEN_AT)
    if seen is None or now - datetime.fromisoformat(seen) > SEEN_WITHIN:
        request.session[SEEN_AT] = now.isoformat()
