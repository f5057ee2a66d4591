"""Format 06 of ISO/IEC 15434: fields with ASC MH10 data identifiers, as IFA's PPN codes carry them
(IFA Coding System, "PPN-Code Specification for Retail Packaging"; EMVS accepts them like GS1 codes).

`9N` product number (PPN), `1T` lot, `D` expiry YYMMDD, `S` serial number, `8P` a GTIN.
"""

from __future__ import annotations

import re

from pharmatrace.kernel.gs1.application_identifiers import AIS, ApplicationIdentifier
from pharmatrace.kernel.gs1.element_strings import GS, Elements
from pharmatrace.kernel.gs1.element_values import problem, value_problem

_FIELD = re.compile(r"(\d{0,3}[A-Z])(.*)", re.ASCII | re.DOTALL)
_PPN = re.compile(r"[0-9A-Z]{2}[0-9A-Z]{1,18}\d{2}", re.ASCII)
_LONGEST_PPN = 22
# Fields that follow the same rules as an application identifier.
_LIKE = {"1T": "10", "D": "17", "S": "21", "8P": "01"}


def ppn_check_digits(body: str) -> str:
    """The two digits that end a PPN: ASCII values weighted 2, 3, 4, … from the left, modulo 97."""
    total = sum(weight * ord(sign) for weight, sign in enumerate(body, start=2))
    return f"{total % 97:02d}"


def read_fields(text: str, offset: int = 0) -> Elements:
    """The fields of `text`, values by data identifier; `offset` is where `text` starts in the scan.

    Problems are named like those of GS1 elements (`lot_length`, `expiry_impossible`, …), and
    `ppn_characters`, `ppn_length`, `ppn_check_digit`, `unknown_identifier`, `ai_repeated`.
    """
    found = Elements()
    place = offset
    for field in text.split(GS):
        if field:
            _take(found, field, place)
        place += len(field) + 1
    return found


def _take(found: Elements, field: str, place: int) -> None:
    parts = _FIELD.fullmatch(field)
    if parts is None:
        found.report(
            "unknown_identifier",
            f"No data identifier starts {field[:4]!r} (position {place + 1}).",
            value=field,
            place=place,
        )
        return
    name, value = parts[1], parts[2]
    start = place + len(name)
    if not found.keep(name, value, start, title=name):
        return
    if name == "9N":
        _check_ppn(found, value, start)
    elif name in _LIKE:
        wrong = value_problem(AIS[_LIKE[name]], value, start)
        if wrong:
            found.report(wrong.code, wrong.sentence, **{**wrong.data, "ai": name})


def _check_ppn(found: Elements, value: str, start: int) -> None:
    if not _PPN.fullmatch(value):
        outside = re.search(r"[^0-9A-Z]", value)
        kind = "characters" if outside else "length"
        words = (
            "A PPN (9N) is made of digits and capital letters: two for its issuer, up to 18 for the "
            "product, and two check digits."
        )
        at = start + (outside.start() if outside else min(len(value), _LONGEST_PPN))
        wrong = problem("9N", kind, words, value, at)
    elif ppn_check_digits(value[:-2]) != value[-2:]:
        words = (
            f"PPN (9N) {value} is mistyped or misread: its last two digits should be "
            f"{ppn_check_digits(value[:-2])}, not {value[-2:]}."
        )
        wrong = problem("9N", "check_digit", words, value, start + len(value) - 2)
    else:
        return
    found.problems.append(wrong)


def like_gs1(identifier: str) -> ApplicationIdentifier | None:
    """The application identifier that says the same as a data identifier, or None."""
    return AIS.get(_LIKE.get(identifier, ""))
