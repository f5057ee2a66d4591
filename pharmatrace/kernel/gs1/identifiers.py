"""The keys that give a package its identity: SGTIN and SSCC, and the plain keys they are made of.

A package's id is computed, never looked up (DESIGN §3): the first 16 bytes of SHA-256 over its
canonical Digital Link path, as a UUID.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from pharmatrace.kernel.gs1.characters import encode, first_outside
from pharmatrace.kernel.gs1.check_digit import check_digit, has_good_check_digit
from pharmatrace.kernel.refusal import Refused

ID_STEM = "https://id.gs1.org/"


@dataclass(frozen=True, slots=True)
class Sgtin:
    """A serialized trade item: GTIN-14 and serial, both already checked by whoever builds it."""

    gtin: str
    serial: str

    @property
    def path(self) -> str:
        return sgtin_path(self.gtin, self.serial)

    @property
    def uri(self) -> str:
        return ID_STEM + self.path

    @property
    def package_id(self) -> UUID:
        return package_id(self.path)


@dataclass(frozen=True, slots=True)
class Sscc:
    """A logistic unit: 18 digits."""

    sscc: str

    @property
    def path(self) -> str:
        return f"00/{self.sscc}"

    @property
    def uri(self) -> str:
        return ID_STEM + self.path

    @property
    def package_id(self) -> UUID:
        return package_id(self.path)


def sgtin_path(gtin14: str, serial: str) -> str:
    """`01/{gtin14}/21/{serial}`, the serial percent-encoded. Checks nothing: for bulk."""
    return f"01/{gtin14}/21/{encode(serial)}"


def package_id(path: str) -> UUID:
    """The package id of one canonical path (DESIGN §3)."""
    return UUID(bytes=hashlib.sha256(path.encode()).digest()[:16])


def package_ids(paths: Iterable[str]) -> list[UUID]:
    """The package ids of many canonical paths, in order."""
    sha256 = hashlib.sha256
    return [UUID(bytes=sha256(path.encode()).digest()[:16]) for path in paths]


def gtin14(text: str) -> str:
    """The GTIN in `text` (8, 12, 13 or 14 digits) as 14 digits.

    Raises `Refused`: `gtin_characters`, `gtin_length`, `gtin_check_digit`.
    """
    return _gtin14(text.strip())


@lru_cache(maxsize=4096)
def _gtin14(digits: str) -> str:
    # Cached: a batch names one GTIN a hundred thousand times. Refusals are raised, so not cached.
    _only_digits(digits, "gtin", "A GTIN")
    if len(digits) not in (8, 12, 13, 14):
        raise Refused.one(
            "gtin_length",
            f"A GTIN has 8, 12, 13 or 14 digits; this one has {len(digits)}.",
            gtin=digits,
        )
    _good_check_digit(digits, "gtin", "GTIN")
    return digits.zfill(14)


def gln(text: str) -> str:
    """The GLN in `text`, 13 digits. Raises `Refused`: `gln_characters`, `gln_length`,
    `gln_check_digit`."""
    return _fixed(text, 13, "gln", "GLN")


def sscc(text: str) -> str:
    """The SSCC in `text`, 18 digits. Raises `Refused`: `sscc_characters`, `sscc_length`,
    `sscc_check_digit`."""
    return _fixed(text, 18, "sscc", "SSCC")


def serial(text: str) -> str:
    """The serial number in `text`: 1 to 20 characters of GS1 set 82 (AI 21).

    Raises `Refused`: `serial_missing`, `serial_length`, `serial_characters`.
    """
    if not text:
        raise Refused.one("serial_missing", "The serial number is empty.")
    if len(text) > 20:
        raise Refused.one(
            "serial_length",
            f"A serial number has at most 20 characters; this one has {len(text)}.",
            serial=text,
        )
    place = first_outside(text, "X")
    if place >= 0:
        raise Refused.one(
            "serial_characters",
            f"A serial number cannot contain {text[place]!r} (character {place + 1}).",
            serial=text,
            place=place,
        )
    return text


def make_sscc(extension: str, gs1_prefix: str, reference: int | str) -> str:
    """A new SSCC: extension digit, company prefix, reference filled with zeros, check digit.

    Raises `Refused` `sscc_parts` when the parts do not fit into 17 digits.
    """
    room = 16 - len(gs1_prefix)
    filled = str(reference).zfill(room)
    parts = f"{extension}{gs1_prefix}{filled}"
    if len(str(extension)) != 1 or len(parts) != 17 or first_outside(parts, "N") >= 0:
        raise Refused.one(
            "sscc_parts",
            "An SSCC is one extension digit, the company prefix and a reference, 17 digits in all; "
            f"{extension!r}, {gs1_prefix!r} and {str(reference)!r} do not fit.",
            extension=str(extension),
            gs1_prefix=gs1_prefix,
            reference=str(reference),
        )
    return parts + check_digit(parts)


def _fixed(text: str, length: int, code: str, name: str) -> str:
    digits = text.strip()
    _only_digits(digits, code, f"{'An' if name[0] == 'S' else 'A'} {name}")
    if len(digits) != length:
        raise Refused.one(
            f"{code}_length",
            f"{'An' if name[0] == 'S' else 'A'} {name} has {length} digits; "
            f"this one has {len(digits)}.",
            **{code: digits},
        )
    _good_check_digit(digits, code, name)
    return digits


def _only_digits(digits: str, code: str, name: str) -> None:
    place = first_outside(digits, "N")
    if place >= 0 or not digits:
        what = f"not {digits[place]!r} (character {place + 1})" if digits else "and this is empty"
        raise Refused.one(
            f"{code}_characters",
            f"{name} is made of digits, {what}.",
            **{code: digits, "place": max(place, 0)},
        )


def _good_check_digit(digits: str, code: str, name: str) -> None:
    if not has_good_check_digit(digits):
        raise Refused.one(
            f"{code}_check_digit",
            f"The {name} {digits} is mistyped or misread: its last digit should be "
            f"{check_digit(digits[:-1])}, not {digits[-1]}.",
            **{code: digits, "expected": check_digit(digits[:-1])},
        )
