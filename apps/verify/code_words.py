"""What is wrong with a code, said in the reader's language.

The readers of the kernel know no languages: their own sentences are English and exact, and English readers see them. Others
see a plainer sentence for the refusal's code.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pharmatrace.kernel.refusal import Refusal

_MISSING = _("This code names a product, not one pack of it: the serial number is missing.")
_LINK = _("This is not a complete GS1 Digital Link.")
_SCANNER = _(
    "The scanner's keyboard layout or settings changed characters of the code. Scan it with a phone, or type it."
)

EXACT: dict[str, str | Promise] = {
    "serial_missing": _MISSING,
    "no_package": _("This code names neither a pack nor a logistic unit."),
    "separator_missing": _("A separator between two parts of the code was lost, so where one ends and the next begins is not certain."),
    "unknown_ai": _("A part of this code is none that GS1 defines; it was passed over."),
    "unknown_identifier": _("A part of this code is none that is defined; it was passed over."),
    "ai_repeated": _("A part of this code is there twice, and differs."),
    "ai_partner_missing": _("A part of this code needs another one that is missing."),
    "ai_pair_forbidden": _("Two parts of this code do not go together."),
    "layout_unproven": _SCANNER,
    "unreadable": _("This text holds no code that can be read."),
    "bracket": _("The brackets in this code are not as they should be."),
    "envelope_empty": _("The code announces data and holds none."),
}  # fmt: skip

ENDING: dict[str, str | Promise] = {
    "_check_digit": _("A number in this code is mistyped or misread: its check digit is wrong."),
    "_length": _("A number in this code is too long or too short."),
    "_characters": _("A part of this code holds a character that it cannot have."),
    "_impossible": _("A date in this code is not a day of the calendar."),
}

STARTING: dict[str, str | Promise] = {"link_": _LINK, "epc_": _LINK, "urn_": _LINK}

OTHERWISE = _("A part of this code is not as it should be.")


def said_of_code(problem: Refusal) -> str:
    """One sentence."""
    if (get_language() or "en").startswith("en"):
        return problem.sentence
    code = problem.code
    found = EXACT.get(code)
    found = found or next((said for ending, said in ENDING.items() if code.endswith(ending)), None)
    found = found or next(
        (said for start, said in STARTING.items() if code.startswith(start)), None
    )
    return str(found or OTHERWISE)
