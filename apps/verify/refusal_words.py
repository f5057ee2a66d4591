"""Refusals that the public may meet, by their code, in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, str | Promise] = {
    "seal_pending": _("The newest record is signed and waits to be sealed into the log. That takes seconds: try again."),
    "report_empty": _("Tick at least one thing that is wrong."),
    "report_choice": _("Choose from the list."),
    "report_long": _("That is too long. Tell it in fewer words."),
    "report_rate": _("Too many reports came in from here or altogether. Please try again in an hour. If it is urgent, "
                     "tell a pharmacist or the medicines authority."),
    "photo_size": _("The photo is too large: at most 10 MB. Choose a smaller one."),
    "photo_pixels": _("The photo has too many pixels. Choose a smaller one."),
    "photo_unreadable": _("This is not a JPEG, PNG or WebP picture, or it is damaged. Choose another one."),
}  # fmt: skip


def said(code: str, sentence: str = "") -> str | Promise:
    """The sentence for a refusal's code; the one it came with where there is none."""
    return SENTENCES.get(code, sentence)
