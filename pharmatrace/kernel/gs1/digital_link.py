"""GS1 Digital Link URIs (GS1 Digital Link: URI Syntax 1.2), built and taken apart.

A link is a stem, a key in the path (`/01/…`), its qualifiers in the order the standard allows
(`/22/…/10/…/21/…`) and attributes in the query (`?17=…`). An expiry that strayed into the path is
read all the same; compressed links are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urlsplit

from pharmatrace.kernel.gs1.application_identifiers import AIS, LINK_KEYS
from pharmatrace.kernel.gs1.characters import encode
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
}  # fmt: skip
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


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


def open_link(url: str) -> tuple[str, Elements]:
    """Stem and elements of `url`, with the problems met instead of an exception."""
    found = Elements()
    stem, segments, query = _split(url, found)
    if found.problems:
        return stem, found
    start = _key_position(segments)
    if start is None:
        found.report(
            "link_key_missing",
            "This link names no product or logistic unit: a GS1 key such as /01/ and a GTIN, in "
            "pairs to the end of the path, is missing.",
            place=0,
        )
        return stem, found
    stem = "/".join([stem, *segments[:start]])
    pairs = [(segments[i], segments[i + 1]) for i in range(start, len(segments), 2)]
    for name, raw in pairs:
        _take(found, url, NAMES.get(name, name), raw, in_path=True)
    _check_order(found, [NAMES.get(name, name) for name, _ in pairs])
    for pair in filter(None, re.split("[&;]", query)):
        name, _, raw = pair.partition("=")
        _take(found, url, NAMES.get(name, name), raw, in_path=False)
    return stem, found


def _split(url: str, found: Elements) -> tuple[str, list[str], str]:
    try:
        parts = urlsplit(url)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        found.report("link_host", "A link starts with https:// and the name of a site.", place=0)
        return "", [], ""
    broken = _BAD_PERCENT.search(url)
    if broken:
        found.report(
            "link_percent",
            "The link has a percent sign that is not followed by two hexadecimal digits.",
            place=broken.start(),
        )
    path = parts.path.removesuffix("/")
    return f"{parts.scheme.lower()}://{parts.netloc}", path.split("/")[1:], parts.query


def _key_position(segments: list[str]) -> int | None:
    """The last key that is followed by whole pairs; what stands before it belongs to the stem."""
    for start in range(len(segments) - 2, -1, -2):
        if NAMES.get(segments[start], segments[start]) in LINK_KEYS:
            return start
    return None


def _take(found: Elements, url: str, ai: str, raw: str, *, in_path: bool) -> None:
    place = max(url.find(raw), 0)
    entry = AIS.get(ai)
    if entry is None:
        # Words in the query belong to the resolver (`linkType`, …) or to the site.
        if in_path or ai.isdecimal():
            found.report(
                "unknown_ai",
                f"{ai!r} in the link is not an application identifier.",
                value=raw,
                place=place,
            )
        return
    if not in_path and not entry.attribute:
        found.report(
            "link_key_in_query",
            f"{entry.title} ({ai}) belongs in the path of a link, behind its key, not after the "
            "question mark.",
            ai=ai,
            place=place,
        )
        return
    if ai in found.values:
        found.report(
            "ai_repeated", f"{entry.title} ({ai}) is twice in the link.", ai=ai, place=place
        )
        return
    value = unquote(raw)
    if ai == "01" and value.isdecimal() and len(value) in (8, 12, 13):
        value = value.zfill(14)
    found.add(entry, value, place)


def _check_order(found: Elements, path_ais: list[str]) -> None:
    key, *rest = path_ais
    orders = AIS[key].qualifiers or ((),)
    # An expiry in the path is a common mistake that leaves no doubt about what is meant.
    wanted = [ai for ai in rest if ai in AIS and ai != "17"]
    for order in orders:
        remaining = iter(order)
        if all(ai in remaining for ai in wanted):
            return
    found.report(
        "link_qualifiers",
        f"After /{key}/ a link may have "
        + " or ".join("/".join(order) or "nothing" for order in orders)
        + f", in this order; this one has {'/'.join(wanted)}.",
        place=0,
    )
