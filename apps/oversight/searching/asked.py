"""What a typed or scanned text may mean. Pure: no database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pharmatrace.kernel.gs1.check_digit import has_good_check_digit
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.gs1.read import read

LONGEST = 500
MOST_WORDS = 6
# Our own short form, as tables show it; and the URIs that events name places and parties by.
_PATH = re.compile(r"(?:01/\d{14}/21/.+|00/\d{18})", re.ASCII)
_PARTY = re.compile(rf"(?:{re.escape(ID_STEM)})?(?:414|417)/(\d{{13}})(?:/254/\w+)?", re.ASCII)
_HASH = re.compile(r"(?:ni:///sha-256;)?([0-9a-f]{64})(?:\?ver=CBV2\.0)?", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"(?:urn:epcglobal:cbv:(?:bt|bta):\d{13}:)?(\S.{0,79})")
_SERIAL = re.compile(r"[!-~]{1,20}")
_UNSTORABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """Each way in which the text can be meant; empty where it cannot. `package` is a canonical path, `hash` 32
    bytes, `gtin` 14 digits, `gln` 13. `text` is what to show again."""

    text: str
    package: str = ""
    gtin: str = ""
    gln: str = ""
    hash: bytes = b""
    lot: str = ""
    serial: str = ""
    number: str = ""
    words: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        return not self.text


def asked(text: str) -> Asked:
    """Reads what somebody put into the box. Never raises; what cannot be stored is left out."""
    raw = text[:LONGEST]
    shown = _UNSTORABLE.sub(" ", raw).strip()
    if not shown:
        return Asked("")
    reading = read(ID_STEM + shown if _PATH.fullmatch(shown) else raw.strip())
    if reading.identity is not None:
        return Asked(shown, package=reading.identity.path)
    if found := _HASH.fullmatch(shown):
        return Asked(shown, hash=bytes.fromhex(found[1]))
    if found := _PARTY.fullmatch(shown):
        return Asked(shown, gln=found[1])
    if reading.gtin and not shown.isdigit():  # a scan that names a product, and perhaps a lot
        return Asked(shown, gtin=reading.gtin, lot=(reading.lot or "")[:20])
    return _plain(shown)


def _plain(shown: str) -> Asked:
    """Digits or words that no symbol says the meaning of."""
    digits = shown.replace(" ", "")
    whole = digits.isascii() and digits.isdigit() and len(digits) in (8, 12, 13, 14, 18)
    good = whole and has_good_check_digit(digits)
    number = _NUMBER.fullmatch(shown)
    return Asked(
        shown,
        package=f"00/{digits}" if good and len(digits) == 18 else "",
        gtin=digits.zfill(14) if good and len(digits) != 18 else "",
        gln=digits if good and len(digits) == 13 else "",
        lot=shown if len(shown) <= 20 else "",
        serial=shown if _SERIAL.fullmatch(shown) else "",
        number=number[1] if number else "",
        words=tuple(_WORD.findall(shown))[:MOST_WORDS],
    )
