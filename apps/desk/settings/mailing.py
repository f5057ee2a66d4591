"""The mail that carries an invitation."""

from __future__ import annotations

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.parties.models import Invitation


def send_invitation(invitation: Invitation, link: str) -> None:
    """Raises OSError (SMTP's errors are some) where it cannot be handed over; the invitation stands."""
    who = invitation.organisation or invitation.sender
    subject = _("Your invitation to PharmaTrace") + (f": {who}" if who else "")
    body = render_to_string(
        "joining/mail.txt", {"invitation": invitation, "link": link, "who": who}
    )
    send_mail(" ".join(subject.split()), body, None, [invitation.email])
