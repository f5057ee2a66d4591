"""Where somebody is signed in, in words: which device, from where, since when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from apps.parties.models import BrowserSession

# The first that is found in the User-Agent; Edge and Opera say Chrome too, and Chrome says Safari.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One device. `name` stands for the session in addresses; it opens nothing."""

    name: str
    device: str
    address: str | None
    signed_in_at: datetime | None
    seen_at: datetime | None
    is_this: bool


def sign_ins_of(user_id: int, *, current: str | None = None) -> list[SignedIn]:
    """The sign-ins that still open something, newest first. One query."""
    rows = BrowserSession.objects.filter(user_id=user_id, expire_date__gt=timezone.now())
    return [
        SignedIn(
            name=key_name(one.session_key),
            device=device_words(one.device),
            address=one.address,
            signed_in_at=one.signed_in_at,
            seen_at=one.seen_at,
            is_this=one.session_key == current,
        )
        for one in rows.defer("session_data")
    ]


def key_name(session_key: str) -> str:
    """What pages call a session: its key would let whoever reads the page in."""
    return hashlib.sha256(f"session {session_key}".encode()).hexdigest()[:32]


def device_words(agent: str) -> str:
    """`Firefox on Windows`; empty where nothing of it is known."""
    browser = next((word for mark, word in BROWSERS if mark in agent), "")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    return f"{browser} · {system}" if browser and system else browser or system
