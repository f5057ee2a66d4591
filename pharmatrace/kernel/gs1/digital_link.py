"""GS1 Digital Link URIs (GS1 Digital Link: URI Syntax 1.2), built and taken apart.

A link is a stem, a key in the path (`/01/…`), its qualifiers in the order the standard allows
(`/22/…/10/…/21/…`) and attributes in the query (`?17=…`). An attribute that strayed into the
path is read and told; compressed links are not read. `link_writing` builds a link of any elements.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import date
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import urlsplit

from pharmatrace.kernel.gs1.application_identifiers import (
    AIS,
    LINK_KEYS,
    ApplicationIdentifier,
    starts_ai,
)
from pharmatrace.kernel.gs1.characters import encode, unescape_path, unescape_query
from pharmatrace.kernel.gs1.dates import write_date
from pharmatrace.kernel.gs1.element_strings import Elements
from pharmatrace.kernel.gs1.identifiers import gtin14
from pharmatrace.kernel.gs1.identifiers import serial as check_serial
from pharmatrace.kernel.gs1.identifiers import sscc as check_sscc
from pharmatrace.kernel.refusal import Refused

# The words version 1.1 of the standard allowed instead of numbers.
NAMES = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017",
    "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402",
    "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21", "exp": "17",
    "cpsn": "8011", "glnx": "254", "gmn": "8013", "refno": "8020", "srin": "8019",
}  # fmt: skip
# RFC 3986: what a URI is made of, and a percent sign that encodes nothing.
_NO_URI = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})", re.ASCII)
_HOST = re.compile(r"(?:[A-Za-z0-9.\-]+|\[([0-9A-Fa-f:.]+)\])(?::(\d{1,5}))?", re.ASCII)
# Compressed links end in base 64 that begins with an AI, two hexadecimal digits to the octet.
_COMPRESSED = re.compile(r"[A-Za-z0-9_\-]{10,}", re.ASCII)
_SHORT_GTINS = (8, 12, 13)


@dataclass(frozen=True, slots=True)
class Link:
    """A link taken apart: what comes before the key, and the elements, key first."""

    stem: str
    elements: dict[str, str]


def build_link(
    stem: str,
    *,
    gtin: str | None = None,
    serial: str | None = None,
    lot: str | None = None,
    expiry: date | None = None,
    sscc: str | None = None,
) -> str:
    """A link under `stem` for a pack (`gtin`, with lot, serial and expiry) or a logistic unit
    (`sscc`). Raises `Refused` when a key is wrong or when not exactly one of both is given."""
    if (gtin is None) == (sscc is None):
        raise Refused.one("link_key", "A link names either a GTIN or an SSCC.")
    root = stem.rstrip("/")
    if sscc is not None:
        return f"{root}/00/{check_sscc(sscc)}"
    parts = [root, "01", gtin14(gtin or "")]
    if lot:
        parts += ["10", encode(lot)]
    if serial is not None:
        parts += ["21", encode(check_serial(serial))]
    query = f"?17={write_date(expiry)}" if expiry else ""
    return "/".join(parts) + query


def parse_link(url: str) -> Link:
    """The parts of `url`. Raises `Refused` naming everything that is wrong or missing."""
    stem, found = open_link(url)
    if found.problems:
        raise Refused(found.problems)
    return Link(stem, found.values)


def open_link(url: str, *, short_gtins: bool = True) -> tuple[str, Elements]:
    """Stem and elements of `url`, with the problems met instead of an exception. With `short_gtins`
    a GTIN may have lost its leading zeros, as version 1.1 of the standard allowed."""
    found = Elements()
    stem, segments, query = _split(url, found)
    if found.problems:
        return stem, found
    start = _key_position(segments)
    if start is None and segments and _may_be_compressed(segments[-1]):
        found.report(
            "link_compressed",
            "This link has no GS1 key in its path. If it is a compressed GS1 Digital Link: these are not "
            "read here, but whoever made it can give the link in full.",
            place=0,
        )
        return stem, found
    if start is None:
        found.report(
            "link_key_missing",
            "This link names no product or logistic unit: a GS1 key such as /01/ and a GTIN, in "
            "pairs to the end of the path, is missing.",
            place=0,
        )
        return stem, found
    place = len(stem) + sum(len(segment) + 1 for segment in segments[:start]) + 1
    stem = "/".join([stem, *segments[:start]])
    path_ais = []
    for name, raw in zip(segments[start::2], segments[start + 1 :: 2], strict=True):
        ai = _ai_of(name)
        path_ais.append(ai)
        place += len(name) + 1
        _take_from_path(found, ai, raw, place, short_gtins)
        place += len(raw) + 1
    _check_order(found, path_ais)
    place = url.find("?") + 1
    for pair in re.split("[&;]", query):
        name, equals, raw = pair.partition("=")
        if equals:
            start_of_value = place + len(name) + 1
            _take_from_query(found, _alias(name), raw, start_of_value, short_gtins, path_ais)
        place += len(pair) + 1
    return stem, found


def _is_host(authority: str) -> bool:
    """A name or an address (RFC 3986 §3.2.2) with or without a port, of which there are 65,535."""
    found = _HOST.fullmatch(authority)
    if found is None or (found[2] and not 0 < int(found[2]) < 65536):
        return False
    try:
        return found[1] is None or bool(IPv6Address(found[1]))
    except AddressValueError:
        return False


def _may_be_compressed(segment: str) -> bool:
    """Whether `segment` looks like what GS1 Digital Link compression makes of elements: base 64 whose
    first octet is the beginning of an AI or the number of a usual combination of them."""
    if not _COMPRESSED.fullmatch(segment):
        return False
    first = base64.urlsafe_b64decode(segment[:4]).hex()[:2]
    return starts_ai(first) if first.isdecimal() else first[0].isdecimal()


def _ai_of(name: str) -> str:
    """The AI of a path segment, which may be a word, in upper case too (QR codes save room by it)."""
    return NAMES.get(name) or NAMES.get(name.lower(), name)


def _alias(name: str) -> str:
    """The AI of a query parameter; of the words only `exp`, the others may be the site's own."""
    return NAMES["exp"] if name == "exp" else name


def _split(url: str, found: Elements) -> tuple[str, list[str], str]:
    try:
        parts = urlsplit(url)
        good = parts.scheme.lower() in ("http", "https") and _is_host(parts.netloc)
    except ValueError:
        good = False
    if not good:
        found.report("link_host", "A link starts with https:// and the name of a site.", place=0)
        return "", [], ""
    broken = _NO_URI.search(url)
    if broken and broken[0] == "%":
        found.report(
            "link_percent",
            "The link has a percent sign that is not followed by two hexadecimal digits.",
            place=broken.start(),
        )
    elif broken:
        found.report(
            "link_characters",
            f"A link cannot contain {broken[0]!r}; it has to be percent-encoded.",
            place=broken.start(),
        )
    return f"{parts.scheme.lower()}://{parts.netloc}", parts.path.split("/")[1:], parts.query


def _key_position(segments: list[str]) -> int | None:
    """The last key that is followed by whole pairs; what stands before it belongs to the stem."""
    for start in range(len(segments) - 2, -1, -2):
        if _ai_of(segments[start]) in LINK_KEYS:
            return start
    return None


def _take_from_path(found: Elements, ai: str, raw: str, place: int, short_gtins: bool) -> None:
    if ai not in AIS:
        found.report(
            "unknown_ai",
            f"{ai!r} in the link is not an application identifier.",
            value=raw,
            place=place,
        )
    else:
        _take(found, AIS[ai], unescape_path(raw), place, short_gtins)


def _take_from_query(
    found: Elements, ai: str, raw: str, place: int, short_gtins: bool, path_ais: list[str]
) -> None:
    if not (ai.isascii() and ai.isdecimal()):
        return  # words belong to the resolver (`linkType`, …) or to the site
    entry = AIS.get(ai)
    if entry is None:
        found.report(
            "unknown_ai",
            f"{ai!r} in the link is not an application identifier.",
            value=raw,
            place=place,
        )
    elif ai not in path_ais and (not entry.attribute or _qualifies(path_ais, ai)):
        found.report(
            "link_key_in_query",
            f"{entry.title} ({ai}) belongs in the path of a link, behind its key, not after the "
            "question mark.",
            ai=ai,
            place=place,
        )
    else:
        _take(found, entry, unescape_query(raw), place, short_gtins)


def _qualifies(path_ais: list[str], ai: str) -> bool:
    """Whether `ai` could stand in the path, somewhere behind the key."""
    return any(
        _in_order([*path_ais[1:at], ai, *path_ais[at:]], path_ais[0])
        for at in range(1, len(path_ais) + 1)
    )


def _take(
    found: Elements, entry: ApplicationIdentifier, value: str, place: int, short_gtins: bool
) -> None:
    if entry.ai in found.values:
        words = f"{entry.title} ({entry.ai}) is twice in the link."
        found.report("ai_repeated", words, ai=entry.ai, place=place)
        return
    if short_gtins and entry.ai == "01" and len(value) in _SHORT_GTINS and _is_digits(value):
        place -= 14 - len(value)  # the zeros are ours; places count from the text
        value = value.zfill(14)
    found.add(entry, value, place)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _in_order(qualifiers: list[str], key: str) -> bool:
    """Whether `qualifiers` is a part, in order, of one of the sequences that `key` allows."""
    for order in AIS[key].qualifiers or ((),):
        remaining = iter(order)
        if all(ai in remaining for ai in qualifiers):
            return True
    return False


def _check_order(found: Elements, path_ais: list[str]) -> None:
    key, *rest = path_ais
    orders = AIS[key].qualifiers or ((),)
    wanted = [ai for ai in rest if ai in AIS]
    if _in_order(wanted, key):
        return
    found.report(
        "link_qualifiers",
        f"After /{key}/ a link may have "
        + " or ".join("/".join(order) or "nothing" for order in orders)
        + f", in this order; this one has {'/'.join(wanted)}.",
        place=0,
    )
