"""The simple types that EPCIS XML uses (XML Schema part 2): does a text belong to one?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

XSD = "http://www.w3.org/2001/XMLSchema"

_STAMP = re.compile(
    r"[0-9]{4}-(1[0-2]|0[1-9])-(3[01]|0[1-9]|[12][0-9])T(2[0-3]|[01][0-9]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]+)?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
)
_DATE_TIME = re.compile(
    r"-?([1-9][0-9]{3,}|0[0-9]{3})-(1[0-2]|0[1-9])-(3[01]|0[1-9]|[12][0-9])T"
    r"((2[0-3]|[01][0-9]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
    r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
)
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DOUBLE = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|-?INF|NaN")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_HEX = re.compile(r"([0-9a-fA-F]{2})*")
# RFC 3986 with everything XML Schema would escape (spaces, letters of other scripts) let through.
_URI = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.\-]*:(?:[^#%\[\]]|%[0-9A-Fa-f]{2}|\[[0-9A-Fa-f:.]*\])*"
    r"|(?:[^:/?#%\[\]]|%[0-9A-Fa-f]{2})*(?:[/?](?:[^#%\[\]]|%[0-9A-Fa-f]{2})*)?)"
    r"(?:#(?:[^#%\[\]]|%[0-9A-Fa-f]{2})*)?"
)


def _real_day(text: str) -> bool:
    year, month, day = text.lstrip("-")[:10].split("-")[:3]
    try:
        date(int(year) or 4, int(month), int(day))
    except ValueError:
        return False
    return True


def _is_int(text: str) -> bool:
    return bool(_INTEGER.fullmatch(text)) and -(2**31) <= int(text[:12]) < 2**31 and len(text) < 13


def _date_time(text: str) -> bool:
    return bool(_DATE_TIME.fullmatch(text)) and (len(text.split("-")[0]) > 4 or _real_day(text))


VALUES: dict[str, tuple[Callable[[str], object], str]] = {
    "string": (lambda text: True, "a text"),
    "uri": (_URI.fullmatch, "a URI"),
    "action": (lambda text: text in ("ADD", "OBSERVE", "DELETE"), "ADD, OBSERVE or DELETE"),
    "stamp": (
        lambda text: _STAMP.fullmatch(text) and _real_day(text),
        "a date and time with zone, such as 2026-11-20T21:00:00.000Z",
    ),
    "dateTime": (_date_time, "a date and time, such as 2026-11-20T21:00:00.000Z"),
    "decimal": (_DECIMAL.fullmatch, "a decimal number"),
    "double": (_DOUBLE.fullmatch, "a number"),
    "integer": (_INTEGER.fullmatch, "a whole number"),
    "int": (_is_int, "a whole number"),
    "boolean": (lambda text: text in ("true", "false", "1", "0"), "true or false"),
    "hex": (_HEX.fullmatch, "pairs of hexadecimal digits"),
    "behaviour": (lambda text: text in ("rollback", "proceed"), "rollback or proceed"),
}
# These keep their spaces when they are compared (XML Schema part 2 §4.3.6).
PRESERVED = frozenset(["string", "action", "behaviour"])
# Types an extension may claim with xsi:type.
CLAIMED = {
    "integer": "integer", "int": "int", "long": "integer", "double": "double", "float": "double",
    "decimal": "decimal", "boolean": "boolean", "dateTime": "dateTime", "anyURI": "uri",
    "hexBinary": "hex", "string": "string",
}  # fmt: skip


def fault_of(kind: str, text: str) -> str | None:
    """None when `text` is a value of the simple type `kind`, else what it should have been."""
    is_value, description = VALUES[kind]
    return None if is_value(text if kind in PRESERVED else text.strip()) else description
