"""The moment a form was handed out, signed into it.

It is the time of the event the form records. A form that is sent twice therefore makes the same event twice, and
`capture` recognises the second.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing

from pharmatrace.kernel.epcis.model import whole_milliseconds

SALT = "desk.moment"
LIFE = timedelta(hours=12)


def hand_out(now: datetime) -> str:
    """What goes into the form's hidden field."""
    return signing.dumps(whole_milliseconds(now).isoformat(), salt=SALT)


def take_back(token: str, *, now: datetime) -> datetime | None:
    """The moment of a form; None where it was changed on the way or is older than a working day."""
    try:
        moment = datetime.fromisoformat(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return moment if now - LIFE <= moment <= now + timedelta(minutes=1) else None
