"""Why somebody cannot join, in the reader's language.

What services and the kernel say themselves is English and exact, and English readers see it. Others see the sentence for the
refusal's code, which says what to do.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pharmatrace.kernel.refusal import Refusal, Refused

SENTENCES: dict[str, str | Promise] = {
    "invitation_unknown": _("There is no such invitation. Is the link whole?"),
    "invitation_used": _("This invitation was used already. Sign in instead."),
    "invitation_revoked": _("This invitation was withdrawn. Ask for a new one."),
    "invitation_expired": _("This invitation has expired. Ask for a new one."),
    "not_your_invitation": _("This invitation is for another address."),
    "account_closed": _("This account is closed."),
    "has_account": _("You have an account already. Sign in first."),
    "member_already": _("You work for this organisation already."),
    "gln_characters": _("A GLN is made of digits."),
    "gln_length": _("A GLN has 13 digits."),
    "gln_check_digit": _("This GLN is mistyped or misread: its last digit should be %(expected)s."),
    "gln_taken": _("This GLN is registered already."),
    "gs1_prefix": _("A company prefix has 4 to 12 digits."),
    "gs1_prefix_taken": _("A company prefix among these belongs to an organisation that is registered already."),
    "licence_missing": _("The number of the licence is missing."),
    "licence_taken": _("A licence with this number is registered already."),
    "applied_already": _("A licence with this number waits for the authority already."),
    "missing": _("Something is missing. Go back and look at each field."),
    "too_long": _("Something is too long. Go back and look at each field."),
}  # fmt: skip

OTHERWISE = _("This cannot be registered as it is. Go back and look at each field.")


def told(refused: Refused) -> str:
    """All reasons, one sentence each."""
    return " ".join(_sentence(one) for one in refused.refusals)


def _sentence(refusal: Refusal) -> str:
    if (get_language() or "en").startswith("en"):
        return refusal.sentence
    found = str(SENTENCES.get(refusal.code, OTHERWISE))
    return found % refusal.data if "%(" in found else found
