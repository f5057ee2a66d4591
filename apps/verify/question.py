"""What was asked: a code as somebody typed, pasted, scanned or followed it, read into GS1 elements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict

from apps.verify.code_words import said_of_code
from pharmatrace.kernel.gs1.read import Reading, read
from pharmatrace.kernel.refusal import Refusal

# "09521234543213 ABC123": a product code and a serial number, as people type them side by side.
_PAIR = re.compile(r"\s*(\d{8}|\d{12,14})[\s,;|]+(?:SN:?\s*)?([!-~]{1,20})\s*", re.IGNORECASE)
_LONGEST = 2_000  # characters; the longest GS1 link of one pack is far below


@dataclass(frozen=True, slots=True)
class Question:
    """`text` is what to show again in the form; `reading` what it says."""

    text: str
    reading: Reading

    @property
    def problem(self) -> Refusal | None:
        """Why no package can be looked up, the reason that helps most; None where one can."""
        problems = self.reading.problems
        for found in problems:
            # With a lost separator even what looks well formed may hold half of the next field.
            if found.code == "separator_missing":
                return found
        if self.reading.identity is not None:
            return None
        wrong_digit = [one for one in problems if one.code.endswith("_check_digit")]
        others = [one for one in problems if one.code != "serial_missing"]
        return [*wrong_digit, *others, *problems][0]

    @property
    def cautions(self) -> list[str]:
        """What else is wrong with the code although it names one package for certain."""
        if self.problem is not None:
            return []
        return [
            said_of_code(one)
            for one in self.reading.problems
            if one.data.get("ai") not in ("10", "17")
        ]

    def differing(self, *, lot: str, expiry: date) -> dict[str, str]:
        """The scanned fields that differ from the record, with the scanned text."""
        elements = self.reading.elements
        out = {}
        if "10" in elements and elements["10"] != lot:
            out["lot"] = elements["10"]
        if "17" in elements and not _same_expiry(elements["17"], self.reading.expiry, expiry):
            out["expiry"] = elements["17"]
        return out


def _same_expiry(raw: str, scanned: date | None, recorded: date) -> bool:
    """Day 00 names a month and no day (General Specifications §3.4.7)."""
    if scanned is None:
        return False
    if raw.endswith("00"):
        return (scanned.year, scanned.month) == (recorded.year, recorded.month)
    return scanned == recorded


def asked_by_form(query: QueryDict) -> Question | None:
    """From `code`, or `gtin` and `serial` with `lot` and `expiry`; None where nothing was asked."""
    if question := asked_code(query.get("code", "")):
        return question
    gtin, serial = query.get("gtin", "").strip(), query.get("serial", "").strip()
    if not gtin and not serial:
        return None
    text = _bracketed(gtin, serial, query.get("lot", "").strip(), query.get("expiry", "").strip())
    return Question(text, read(text))


def asked_code(code: str) -> Question | None:
    """From one text, as it was scanned, pasted or typed; None where there is none."""
    code = code[:_LONGEST]
    if not code.strip():
        return None
    pair = _PAIR.fullmatch(code)
    return Question(code, read(_bracketed(pair[1], pair[2]) if pair else code))


def asked_by_link(request: HttpRequest) -> Question:
    """From the address itself, a GS1 Digital Link.

    The raw one: a serial may hold an encoded slash, which the decoded path cannot tell from one that
    separates.
    """
    url = f"{request.scheme}://{request.get_host()}{raw_address(request)}"[:_LONGEST]
    return Question(url, read(url))


def raw_address(request: HttpRequest) -> str:
    """Path and query as they were sent, where the server tells (gunicorn: RAW_URI)."""
    raw = request.META.get("RAW_URI") or request.META.get("REQUEST_URI") or ""
    return raw if raw.startswith("/") else request.get_full_path()


def asked_by_path(path: str) -> Question:
    """From a canonical path, `01/{gtin}/21/{serial}` or `00/{sscc}`, percent-encoded."""
    url = f"https://id.gs1.org/{path}"
    return Question(url, read(url))


def _bracketed(gtin: str, serial: str, lot: str = "", expiry: str = "") -> str:
    if gtin.isdecimal() and len(gtin) in (8, 12, 13):
        gtin = gtin.zfill(14)
    values = (("01", gtin), ("21", serial), ("10", lot), ("17", expiry))
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in values if value)
