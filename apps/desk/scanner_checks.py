"""What a calibration shows, setting by setting, in the order in which one goes through a scanner's manual."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pharmatrace.kernel.gs1.calibration import Calibration
from pharmatrace.kernel.gs1.reference_code import GS

Text = str | Promise


class Check(NamedTuple):
    """One setting: `tone` good, warn or stop; `advice` what to set, where something is to be set."""

    name: Text
    tone: str
    said: Text
    advice: Text = ""


def checks(learned: Calibration) -> list[Check]:
    """Keyboard layout, Caps Lock, group separator, AIM identifier."""
    return [_layout(learned), _caps_lock(learned), _separator(learned), _prefix(learned)]


def _layout(learned: Calibration) -> Check:
    name = _("Keyboard layout")
    advice = _("Set the scanner’s keyboard language to this computer’s, then scan the reference code again.")  # fmt: skip
    if learned.lost:
        lost = _("It types nothing for %s.") % _listed(learned.lost)
        return Check(name, "stop", lost, advice)
    if learned.alike:
        said = _("It types the same for %s. Codes with these are refused unless only one reading makes sense.")  # fmt: skip
        groups = "; ".join(_listed(group) for group in learned.alike)
        return Check(name, "warn", said % groups, advice)
    if any(note.code == "layout_same" for note in learned.notes):
        return Check(name, "good", _("Scanner and computer agree."))
    return Check(name, "good", _("They differ. What arrives is turned back into what was scanned."))


def _caps_lock(learned: Calibration) -> Check:
    if learned.caps_lock:
        advice = _("Switch Caps Lock off, then scan the reference code again.")
        return Check(_("Caps Lock"), "stop", _("It is on."), advice)
    return Check(_("Caps Lock"), "good", _("It is off."))


def _separator(learned: Calibration) -> Check:
    name = _("Group separator")
    if not learned.separator or learned.separator == " ":
        advice = _("Let the scanner send GS (ASCII 29, “FNC1 as GS”), or another character that no pack carries, such as “~”.")  # fmt: skip
        said = _("It does not arrive, so lot and serial number often cannot be told apart.")
        return Check(name, "stop", said, advice)
    if learned.separator == GS:
        return Check(name, "good", _("It arrives as it should."))
    return Check(name, "good", _("It arrives as another character, which is turned back."))


def _prefix(learned: Calibration) -> Check:
    name = _("AIM identifier")
    if learned.prefix:
        return Check(name, "good", _("It is sent, so a changed layout and Caps Lock are noticed."))
    advice = _("Switch on “transmit AIM identifier” (also called symbology or code ID prefix).")
    return Check(name, "warn", _("It is not sent, so Caps Lock and a changed layout can go unnoticed."), advice)  # fmt: skip


def suffix(key: str) -> Check:
    """What the scanner pressed after a code: Enter, Tab, or nothing ("none")."""
    name = _("Key after the code")
    if key == "Enter":
        return Check(name, "good", _("Enter, as it should be."))
    advice = _("Set the suffix to Enter (CR).")
    if key == "Tab":
        return Check(name, "warn", _("Tab. It works in the scan box, but not in lists."), advice)
    return Check(name, "warn", _("None, so each scan waits a moment and lists run together."), advice)  # fmt: skip


def _listed(characters: str) -> str:
    return ", ".join(characters)
