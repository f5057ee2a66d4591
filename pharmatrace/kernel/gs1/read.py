"""`read`, the first verb of the stair: raw characters from a camera, scanner, keyboard or link in,
GS1 elements or a named problem out.

Nothing is guessed: what cannot be told for certain is a problem with a code, a sentence and the
place of the fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from urllib.parse import unquote

from pharmatrace.kernel.gs1.dates import read_date
from pharmatrace.kernel.gs1.digital_link import open_link
from pharmatrace.kernel.gs1.element_strings import (
    GS,
    Elements,
    read_bracketed,
    read_element_string,
)
from pharmatrace.kernel.gs1.epc_urn import uri_from_urn
from pharmatrace.kernel.gs1.identifiers import ID_STEM, Sgtin, Sscc
from pharmatrace.kernel.refusal import Refusal, Refused

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# The prefixes by which a scanner says that the symbol holds GS1 elements.
_GS1_SYMBOLS = frozenset(["]C1", "]d2", "]e0", "]J1", "]Q3"])
_LINK = re.compile(r"https?://", re.IGNORECASE)
_BARE_LINK = re.compile(r"[\w.-]+\.[a-z]{2,}(:\d+)?/", re.IGNORECASE)
_BRACKET = re.compile(r"\(\d{2,4}\)", re.ASCII)
# The largest symbol, a QR code of version 40, holds 4,296 characters.
MAX_LENGTH = 4296
_GTIN_LENGTHS = (8, 12, 13, 14)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scan says. `elements` are the raw values by AI; `gtin` (14 digits), `serial`, `lot`,
    `expiry` and `sscc` are set only when they are well formed. `source` is one of `element-string`,
    `brackets`, `digital-link`, `urn`, `gtin`, `sscc`, `unknown`."""

    text: str
    source: str
    elements: dict[str, str]
    problems: tuple[Refusal, ...]
    gtin: str | None = None
    serial: str | None = None
    lot: str | None = None
    expiry: date | None = None
    sscc: str | None = None

    @property
    def identity(self) -> Sgtin | Sscc | None:
        """The one package this scan names for certain, or None."""
        if self.gtin and self.serial:
            return Sgtin(self.gtin, self.serial)
        return Sscc(self.sscc) if self.sscc else None

    @property
    def problem(self) -> Refusal | None:
        """The first problem: the one to tell a person."""
        return self.problems[0] if self.problems else None


def read(text: str, *, today: date | None = None) -> Reading:
    """Reads whatever a scanner, camera, keyboard or link gave. Never raises.

    `today` decides the century of the expiry's two-digit year (see `read_date`).
    """
    source, found = _recognise(text)
    faulty = {str(problem.data.get("ai")) for problem in found.problems}
    good = {ai: value for ai, value in found.values.items() if ai not in faulty}
    gtin, serial, sscc = good.get("01"), good.get("21"), good.get("00")
    if gtin and "21" not in found.values and not sscc:
        found.report(
            "serial_missing",
            "This code names a product, not one pack of it: the serial number is missing.",
            place=len(text),
        )
    expiry = good.get("17")
    return Reading(
        text=text,
        source=source,
        elements=found.values,
        problems=tuple(found.problems),
        gtin=gtin,
        serial=serial,
        lot=good.get("10"),
        expiry=read_date(expiry, today=today) if expiry else None,
        sscc=sscc,
    )


def _recognise(text: str) -> tuple[str, Elements]:
    body = text.strip(" \t\r\n\x00")
    offset = text.find(body) if body else 0
    prefix = _AIM.match(body)
    if prefix:
        body, offset = body[3:], offset + 3
    if not body:
        return "unknown", _unreadable("Nothing was read.", offset)
    if len(body) > MAX_LENGTH:
        return "unknown", _unreadable("This is longer than any code.", offset)
    if prefix and prefix[0] in _GS1_SYMBOLS:
        return "element-string", read_element_string(body, offset)
    if _LINK.match(body):
        return "digital-link", open_link(body)[1]
    if body[:8].lower() == "urn:epc:":
        return "urn", _read_urn(body)
    if _BRACKET.match(body):
        return "brackets", read_bracketed(body, offset)
    if body.isascii() and body.isdigit() and len(body) in (*_GTIN_LENGTHS, 18):
        return _read_digits(body, offset)
    if body[0] == GS or body[:2].isdigit():
        return "element-string", read_element_string(body, offset)
    if _BARE_LINK.match(body):
        return "digital-link", open_link(f"https://{body}")[1]
    return "unknown", _unreadable(
        "This is not a code that PharmaTrace can read: neither GS1 elements, nor a GS1 Digital "
        "Link, nor an EPC.",
        offset,
    )


def _read_digits(digits: str, offset: int) -> tuple[str, Elements]:
    """Bare digits of the length of a key are that key, or a mistyped one; that they could also be
    elements is no reason to guess."""
    source, ai = ("sscc", "00") if len(digits) == 18 else ("gtin", "01")
    padded = ai + digits.zfill(14)
    return source, read_element_string(padded, offset + len(digits) - len(padded))


def _read_urn(urn: str) -> Elements:
    try:
        uri = uri_from_urn(urn)
    except Refused as refused:
        found = Elements()
        for refusal in refused.refusals:
            found.problems.append(
                Refusal(refusal.code, refusal.sentence, MappingProxyType({"place": 0}))
            )
        return found
    segments = uri.removeprefix(ID_STEM).split("/")
    found = Elements()
    found.values = {
        ai: unquote(value) for ai, value in zip(segments[::2], segments[1::2], strict=True)
    }
    return found


def _unreadable(sentence: str, place: int) -> Elements:
    found = Elements()
    found.report("unreadable", sentence, place=place)
    return found
