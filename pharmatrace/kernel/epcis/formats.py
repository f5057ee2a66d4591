"""How single values must be written in EPCIS JSON: the formats GS1's JSON Schema names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address

_CHARACTER = r"[A-Za-z0-9\-._~!$&'()*+,;=:@%s]|%%[0-9A-Fa-f]{2}"
_PATH = f"(?:{_CHARACTER % '/'})*+"
_QUERY = f"(?:{_CHARACTER % '/?'})*+"
_NAME = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=%s]|%%[0-9A-Fa-f]{2})*"
_AUTHORITY = (
    rf"(?:{_NAME % ':'}@)?"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|\[v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+\]|"
    rf"{_NAME % ''})(?::[0-9]*)?"
)
_URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*+:(?://{_AUTHORITY}(?=[/?#]|\Z)|(?!//)){_PATH}"
    rf"(?:\?{_QUERY})?(?:\#{_QUERY})?",
    re.ASCII,
)
_OTHER_LETTERS = re.compile(r"[\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000efffd]")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)", re.ASCII)
UNIT = re.compile(r"[A-Z0-9]{2,3}", re.ASCII)
HEX = re.compile(r"[A-Fa-f0-9]+", re.ASCII)
VERSION = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
_MILLISECOND = timedelta(milliseconds=1)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> bool:
    """Whether `text` can be written in UTF-8 and kept in a database: no half of a surrogate pair, no
    NUL."""
    return not _UNSTORABLE.search(text)


@lru_cache(maxsize=16384)
def is_uri(text: str) -> bool:
    """Whether `text` is an absolute URI to the letter (RFC 3986 §3)."""
    match = _URI.fullmatch(text)
    if not match or match["ipv6"] is None:
        return bool(match)
    try:
        IPv6Address(match["ipv6"])
    except AddressValueError:
        return False
    return True


def is_loose_uri(text: str) -> bool:
    """As `is_uri`, but letters of other alphabets may stand for themselves (RFC 3987), save in the scheme."""
    if text.isascii():
        return is_uri(text)
    scheme, colon, rest = text.partition(":")
    return is_uri(scheme + colon + _OTHER_LETTERS.sub("a", rest))


def moment_of(text: str) -> datetime | None:
    """The aware moment in a date-time with zone (RFC 3339 §5.6), or None if there is none. It need not be one of the
    years 1 to 9999 in UTC."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except (ValueError, OverflowError):
        return None


def utc_moment_of(text: str) -> datetime | None:
    """The same in UTC, if UTC can say it, with a millisecond of room, because times of events are rounded."""
    moment = moment_of(text)
    try:
        return moment and (moment + _MILLISECOND).astimezone(UTC) - _MILLISECOND
    except OverflowError:
        return None
