"""The EPC schemes that carry a GS1 key (GS1 Tag Data Standard 2.0 §6.3): the form of each URN and
the Digital Link path it becomes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from pharmatrace.kernel.gs1.characters import encode
from pharmatrace.kernel.gs1.check_digit import check_digit

# One character of set 82 (or 39) as a URN writes it (TDS annex A, tables ).
_CHAR = (
    r"(?:%2[125-9A-Fa-f]|%3[0-9A-Fa-f]|%[46][1-9A-Fa-f]|%5[0-9AaFf]|%7[0-9Aa]"
    r"|[!'()*+,\-.0-9:;=A-Z_a-z])"
)
_CHAR_39 = r"(?:%2[3dfDF]|%3[0-9]|%4[1-9A-Fa-f]|%5[0-9Aa]|[0-9A-Z-])"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme: an example for people, the form, and the path made of a match."""

    example: str
    pattern: re.Pattern[str]
    to_path: Callable[[re.Match[str]], str]
    digits: int = 0
    longest: int = 0

    def match(self, body: str) -> re.Match[str] | None:
        """The parts of a URN's body, or None when it does not have this scheme's form."""
        parts = self.pattern.fullmatch(body)
        if parts is None:
            return None
        length = len(parts[1]) + len(unquote(parts[2]))
        fits = length == self.digits if self.digits else length <= self.longest
        return parts if fits else None


@lru_cache(maxsize=4096)
def _with_check(body: str) -> str:
    # Cached: a file names one GTIN a hundred thousand times.
    return body + check_digit(body)


def _again(text: str) -> str:
    """A value in its URN spelling, respelled for a Digital Link path."""
    return encode(unquote(text))


def _gtin(parts: re.Match[str]) -> str:
    return _with_check(parts[2][0] + parts[1] + parts[2][1:])


def _straight(parts: re.Match[str]) -> str:
    return _with_check(parts[1] + parts[2])


def _sgln(parts: re.Match[str]) -> str:
    place = f"414/{_straight(parts)}"
    return place if parts[3] == "0" else f"{place}/254/{_again(parts[3])}"


def _scheme(
    example: str, digits: int, rest: str, to_path: Callable[[re.Match[str]], str]
) -> Scheme:
    """A scheme whose prefix and reference have `digits` digits together, then `rest`."""
    return Scheme(example, re.compile(_PAIR + rest, re.ASCII), to_path, digits=digits)


def _open_scheme(example: str, rest: str, to_path: Callable[[re.Match[str]], str]) -> Scheme:
    """A scheme whose reference is free text; with the prefix it has at most 30 characters."""
    return Scheme(example, re.compile(_ANY + rest, re.ASCII), to_path, longest=30)


# EPC schemes whose identifiers are no GS1 keys: they have a URN and no Digital Link (TDS 2.0 §6.3).
WITHOUT_LINK = re.compile(
    r"urn:epc:id:(?:gid:\d+\.\d+\.\d+|usdod:[A-Z0-9]{5,6}\.\d+|bic:[A-Z]{4}\d{7}|imovn:\d{7}"
    r"|adi:[A-Z0-9]{5,6}\.(?:[A-Z0-9\-]|%2[Ff])*\.(?:%23)?(?:[A-Z0-9\-]|%2[Ff])+)"
    r"|urn:epc:idpat:gid:\d+\.\d+\.\*",
    re.ASCII,
)

_PAIR = r"(\d{6,12})\.(\d*)"
_ANY = r"(\d{6,12})\."
_ITEM, _PLACE, _SHIPMENT, _LOGISTIC = 13, 12, 16, 17

INSTANCE_SCHEMES: dict[str, Scheme] = {
    "id:sgtin": _scheme(
        "urn:epc:id:sgtin:prefix.item.serial",
        _ITEM,
        rf"\.({_CHAR}{{1,20}})",
        lambda p: f"01/{_gtin(p)}/21/{_again(p[3])}",
    ),
    "id:sscc": _scheme(
        "urn:epc:id:sscc:prefix.reference", _LOGISTIC, "", lambda p: f"00/{_gtin(p)}"
    ),
    "id:sgln": _scheme(
        "urn:epc:id:sgln:prefix.place.extension", _PLACE, rf"\.({_CHAR}{{1,20}})", _sgln
    ),
    "id:pgln": _scheme("urn:epc:id:pgln:prefix.party", _PLACE, "", lambda p: f"417/{_straight(p)}"),
    "id:grai": _scheme(
        "urn:epc:id:grai:prefix.asset.serial",
        _PLACE,
        rf"\.({_CHAR}{{1,16}})",
        lambda p: f"8003/{_with_check('0' + p[1] + p[2])}{_again(p[3])}",
    ),
    "id:giai": _open_scheme(
        "urn:epc:id:giai:prefix.asset",
        rf"({_CHAR}{{1,24}})",
        lambda p: f"8004/{p[1]}{_again(p[2])}",
    ),
    "id:gsrn": _scheme(
        "urn:epc:id:gsrn:prefix.reference", _LOGISTIC, "", lambda p: f"8018/{_straight(p)}"
    ),
    "id:gsrnp": _scheme(
        "urn:epc:id:gsrnp:prefix.reference", _LOGISTIC, "", lambda p: f"8017/{_straight(p)}"
    ),
    "id:gdti": _scheme(
        "urn:epc:id:gdti:prefix.type.serial",
        _PLACE,
        rf"\.({_CHAR}{{1,17}})",
        lambda p: f"253/{_straight(p)}{_again(p[3])}",
    ),
    "id:cpi": _open_scheme(
        "urn:epc:id:cpi:prefix.part.serial",
        rf"({_CHAR_39}{{1,24}})\.(0|[1-9]\d{{0,11}})",
        lambda p: f"8010/{encode(unquote(p[1] + p[2]))}/8011/{p[3]}",
    ),
    "id:sgcn": _scheme(
        "urn:epc:id:sgcn:prefix.coupon.serial",
        _PLACE,
        r"\.(\d{1,12})",
        lambda p: f"255/{_straight(p)}{p[3]}",
    ),
    "id:ginc": _open_scheme(
        "urn:epc:id:ginc:prefix.reference",
        rf"({_CHAR}{{1,24}})",
        lambda p: f"401/{p[1]}{_again(p[2])}",
    ),
    "id:gsin": _scheme(
        "urn:epc:id:gsin:prefix.reference", _SHIPMENT, "", lambda p: f"402/{_straight(p)}"
    ),
    "id:itip": _scheme(
        "urn:epc:id:itip:prefix.item.piece.total.serial",
        _ITEM,
        rf"\.(\d\d)\.(\d\d)\.({_CHAR}{{1,20}})",
        lambda p: f"8006/{_gtin(p)}{p[3]}{p[4]}/21/{_again(p[5])}",
    ),
    "id:upui": _scheme(
        "urn:epc:id:upui:prefix.item.extension",
        _ITEM,
        rf"\.({_CHAR}{{1,28}})",
        lambda p: f"01/{_gtin(p)}/235/{_again(p[3])}",
    ),
}

CLASS_SCHEMES: dict[str, Scheme] = {
    "class:lgtin": _scheme(
        "urn:epc:class:lgtin:prefix.item.lot",
        _ITEM,
        rf"\.({_CHAR}{{1,20}})",
        lambda p: f"01/{_gtin(p)}/10/{_again(p[3])}",
    ),
    "idpat:sgtin": _scheme(
        "urn:epc:idpat:sgtin:prefix.item.*", _ITEM, r"\.\*", lambda p: f"01/{_gtin(p)}"
    ),
    "idpat:grai": _scheme(
        "urn:epc:idpat:grai:prefix.asset.*",
        _PLACE,
        r"\.\*",
        lambda p: f"8003/{_with_check('0' + p[1] + p[2])}",
    ),
    "idpat:gdti": _scheme(
        "urn:epc:idpat:gdti:prefix.type.*", _PLACE, r"\.\*", lambda p: f"253/{_straight(p)}"
    ),
    "idpat:sgcn": _scheme(
        "urn:epc:idpat:sgcn:prefix.coupon.*", _PLACE, r"\.\*", lambda p: f"255/{_straight(p)}"
    ),
    "idpat:cpi": _open_scheme(
        "urn:epc:idpat:cpi:prefix.part.*",
        rf"({_CHAR_39}{{1,24}})\.\*",
        lambda p: f"8010/{encode(unquote(p[1] + p[2]))}",
    ),
    "idpat:itip": _scheme(
        "urn:epc:idpat:itip:prefix.item.piece.total.*",
        _ITEM,
        r"\.(\d\d)\.(\d\d)\.\*",
        lambda p: f"8006/{_gtin(p)}{p[3]}{p[4]}",
    ),
    "idpat:upui": _scheme(
        "urn:epc:idpat:upui:prefix.item.*", _ITEM, r"\.\*", lambda p: f"01/{_gtin(p)}"
    ),
}
