"""What signing in and inviting leave behind is cleared away when it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from apps.parties.models import BrowserSession, Invitation, SignInAttempt
from apps.parties.signing_in import WINDOW

REMEMBERED = timedelta(days=30)
"""How long an invitation that nobody used is still listed after it ended. What was done is in the deeds, which stay."""


def forget_sessions(*, at: datetime) -> int:
    """Deletes sign-ins that ended by themselves (as Django's `clearsessions` does); returns how many."""
    gone, _ = BrowserSession.objects.filter(expire_date__lt=at).delete()
    return gone


def forget_invitations(*, at: datetime) -> int:
    """Of links that ended or were withdrawn unused: what was filled in for them goes at once, and the rest, with the
    address they were sent to, after REMEMBERED. Returns how many were deleted."""
    unused = Invitation.objects.filter(accepted_at=None)
    over = unused.filter(Q(expires_at__lte=at) | Q(revoked_at__isnull=False))
    over.exclude(draft={}).update(draft={})
    long_ago = at - REMEMBERED
    gone, _ = unused.filter(Q(expires_at__lte=long_ago) | Q(revoked_at__lte=long_ago)).delete()
    return gone


def sweep(*, at: datetime) -> None:
    """What the hourly doorbell does. Tries to sign in count for as long as WINDOW, and go with the next try; those of
    somebody after whom nobody came go here."""
    forget_sessions(at=at)
    forget_invitations(at=at)
    SignInAttempt.objects.filter(tried_at__lt=at - WINDOW).delete()
