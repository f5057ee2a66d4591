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
from pharmatrace.kernel.gs1.envelopes import HEADER, read_envelope
from pharmatrace.kernel.gs1.epc_urn import uri_from_urn
from pharmatrace.kernel.gs1.identifiers import ID_STEM, Sgtin, Sscc
from pharmatrace.kernel.gs1.pairings import forbidden_pairs, missing_partners
from pharmatrace.kernel.gs1.symbologies import COMPOSITE, Symbology, split_identifier
from pharmatrace.kernel.refusal import Refusal, Refused

_SCHEME = "https://"
_LINK = re.compile(r"https?://", re.IGNORECASE)
_BARE_LINK = re.compile(r"[\w.-]+\.[a-z]{2,}(:\d+)?/", re.IGNORECASE)
_BRACKET = re.compile(r"\(\d{2,4}\)", re.ASCII)
# The largest symbol, a QR code of version 40, holds 4,296 characters.
MAX_LENGTH = 4296
_GTIN_LENGTHS = (8, 12, 13, 14)
# Problems that say what a well-formed code lacks, not what is wrong with it.
NOT_A_FAULT = frozenset(["serial_missing", "no_package"])


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scan says. `elements` are the raw values by AI, in format 06 by data identifier; `gtin`
    (14 digits), `serial`, `lot`, `expiry` and `sscc` are set only when they are well formed.
    `product_code` is the GTIN or else the PPN. `source` is one of `element-string`, `brackets`,
    `digital-link`, `urn`, `gtin`, `sscc`, `envelope`, `unknown`. `missing_partners` are elements
    that another symbol on the same item must carry; that is no fault of this scan."""

    text: str
    source: str
    elements: dict[str, str]
    problems: tuple[Refusal, ...]
    gtin: str | None = None
    serial: str | None = None
    lot: str | None = None
    expiry: date | None = None
    sscc: str | None = None
    product_code: str | None = None
    missing_partners: tuple[Refusal, ...] = ()

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

    @property
    def faults(self) -> tuple[Refusal, ...]:
        """What is wrong with the code itself, whatever it may lack."""
        return tuple(one for one in self.problems if one.code not in NOT_A_FAULT)


def read(text: str, *, today: date | None = None) -> Reading:
    """Reads whatever a scanner, camera, keyboard or link gave. Never raises.

    `today` decides the century of the expiry's two-digit year (see `read_date`).
    """
    source, found = _recognise(text)
    found.problems += forbidden_pairs(found.values, found.places)
    faulty = {str(problem.data.get("ai")) for problem in found.problems}
    good = {ai: value for ai, value in found.values.items() if ai not in faulty}
    gtin, ppn = good.get("01") or good.get("8P"), good.get("9N")
    serial, sscc = good.get("21") or good.get("S"), good.get("00")
    _look_for_a_package(found, end=len(text))
    expiry = good.get("17") or good.get("D")
    return Reading(
        text=text,
        source=source,
        elements=found.values,
        problems=tuple(found.problems),
        gtin=gtin,
        serial=serial,
        lot=good.get("10") or good.get("1T"),
        expiry=read_date(expiry, today=today) if expiry else None,
        sscc=sscc,
        product_code=gtin or ppn,
        missing_partners=tuple(missing_partners(found.values, found.places)),
    )


def _look_for_a_package(found: Elements, *, end: int) -> None:
    """Says why well-formed elements name no package; a faulty scan has its faults to say that."""
    values = found.values
    if "00" in values or (("01" in values or "8P" in values) and ("21" in values or "S" in values)):
        return
    if not {"01", "8P", "9N"}.isdisjoint(values) and {"21", "S"}.isdisjoint(values):
        if not {"01", "8P", "9N"} & {str(problem.data.get("ai")) for problem in found.problems}:
            words = "This code names a product, not one pack of it: the serial number is missing."
            found.report("serial_missing", words, place=end)
    elif not found.problems:
        words = (
            "The product is named by a PPN (9N); packs are found here by their GTIN."
            if "9N" in values
            else "This code names neither a pack nor a logistic unit."
        )
        found.report("no_package", words, place=0)


def _recognise(text: str) -> tuple[str, Elements]:
    body = text.strip(" \t\r\n\x00")
    offset = text.find(body) if body else 0
    symbology, body = split_identifier(body)
    offset += 3 if symbology else 0
    if not body:
        return "unknown", _unreadable("Nothing was read.", offset)
    if len(body) > MAX_LENGTH:
        return "unknown", _unreadable("This is longer than any code.", offset)
    if body.startswith(HEADER):
        return "envelope", read_envelope(body, offset)
    if symbology and symbology.elements:
        return "element-string", read_element_string(body, offset)
    if symbology and symbology.digits:
        return "gtin", _read_retail(body, offset, symbology)
    return _recognise_message(body, offset)


def _recognise_message(body: str, offset: int) -> tuple[str, Elements]:
    if _LINK.match(body):
        return "digital-link", _read_link(body, offset)
    if body[:8].lower() == "urn:epc:":
        return "urn", _read_urn(body, offset)
    if _BRACKET.match(body):
        return "brackets", read_bracketed(body, offset)
    if _is_digits(body) and len(body) in (*_GTIN_LENGTHS, 18):
        return _read_digits(body, offset)
    if body[0] == GS or body[:2].isdigit():
        return "element-string", read_element_string(body, offset)
    if _BARE_LINK.match(body):
        return "digital-link", _read_link(f"{_SCHEME}{body}", offset - len(_SCHEME))
    return "unknown", _unreadable(
        "This is not a code that PharmaTrace can read: neither GS1 elements, nor a GS1 Digital "
        "Link, nor an EPC.",
        offset,
    )


def _read_retail(body: str, offset: int, symbology: Symbology) -> Elements:
    """An EAN, UPC or ITF symbol, and the composite component it may have beside it."""
    primary, mark, composite = body.partition(COMPOSITE)
    if _is_digits(primary) and len(primary) - symbology.digits in symbology.add_ons:
        number = primary[: symbology.digits]
        padded = "01" + number.zfill(14)
        found = read_element_string(padded, offset + len(number) - len(padded))
    else:
        found = Elements()
        found.report(
            "gtin_length" if _is_digits(primary) else "gtin_characters",
            f"This symbol holds {symbology.digits} digits; {primary!r} was read.",
            ai="01",
            value=primary,
            place=offset,
        )
    if mark:
        found.take_over(read_element_string(composite, offset + len(primary) + len(mark)))
    return found


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _read_digits(digits: str, offset: int) -> tuple[str, Elements]:
    """Bare digits of the length of a key are that key, or a mistyped one; that they could also be
    elements is no reason to guess."""
    source, ai = ("sscc", "00") if len(digits) == 18 else ("gtin", "01")
    padded = ai + digits.zfill(14)
    return source, read_element_string(padded, offset + len(digits) - len(padded))


def _read_link(url: str, offset: int) -> Elements:
    """`offset` is where `url` starts in the scan, below zero by what was put in front of it."""
    found = open_link(url)[1]
    found.move(offset)
    return found


def _read_urn(urn: str, offset: int) -> Elements:
    try:
        uri = uri_from_urn(urn[:8].lower() + urn[8:])
    except Refused as refused:
        found = Elements()
        for refusal in refused.refusals:
            found.problems.append(
                Refusal(refusal.code, refusal.sentence, MappingProxyType({"place": offset}))
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
