"""One event's proof as a QR code: an address of ours, with the proof in digits behind its `#`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import qrcode
from qrcode.exceptions import DataOverflowError

from pharmatrace.kernel.evidence.bundle import Bundle
from pharmatrace.kernel.evidence.compact import NotToBePacked, pack
from pharmatrace.kernel.evidence.digits import to_digits
from pharmatrace.kernel.evidence.history_checks import DECLARES
from pharmatrace.kernel.evidence.stolen_marks import report_about
from pharmatrace.kernel.evidence.withholding import withhold

SHOWN = ("product", "lot", "expiry", "manufacturer", "step", "time")
"""The facts that the code carries, where the event shows them; and the package's own."""


@dataclass(frozen=True, slots=True)
class QrEvidence:
    """`text` is what the code says; `rows` are its modules with the quiet zone, dark ones True."""

    text: str
    octets: int
    version: int
    rows: list[list[bool]]


def qr_evidence(bundle: Bundle, *, address: str) -> QrEvidence | None:
    """The code of the event that made the package what it is, or of its first. None where it does not fit, and where
    any event of the bundle is not to be relied on or that event was erased: a code cannot say so.

    `address` is that of the page which reads it. Error level L: on paper that is not torn, larger modules are
    read more easily than more of them.
    """
    if any(report_about(event, bundle.keys) for event in bundle.events):
        return None
    try:
        octets = pack(_shown(bundle), 0)
    except NotToBePacked:
        return None
    text = f"{address}#{to_digits(octets)}"
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=4)
    code.add_data(text, optimize=20)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError):
        return None
    return QrEvidence(text, len(octets), code.version, code.get_matrix())


def _shown(bundle: Bundle) -> Bundle:
    """The bundle with that event first and alone, and no more of it than the code carries."""
    wrong = {event.fact(DECLARES) for event in bundle.events}
    stands = [event for event in bundle.events if event.facts_root not in wrong]
    chosen = next((event for event in stands if event.fact("lot") is not None), bundle.events[0])
    there = {fact.name for fact in chosen.facts}
    names = [name for name in SHOWN if name in there]
    less = withhold(bundle, only=names, events=[chosen.index], signatures=False)
    return replace(less, events=tuple(one for one in less.events if one.index == chosen.index))
