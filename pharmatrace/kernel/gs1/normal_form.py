"""One written form for every URI that carries a GS1 key (CBV 2.0 §8.9, GS1 Digital Link canonical
form): `https://id.gs1.org/`, numbers instead of names, 14-digit GTINs, only the finest level of
identification, no query. URIs without a GS1 key stay as they are.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from pharmatrace.kernel.gs1.characters import encode
from pharmatrace.kernel.gs1.digital_link import NAMES
from pharmatrace.kernel.gs1.epc_urn import uri_from_urn
from pharmatrace.kernel.gs1.identifiers import ID_STEM
from pharmatrace.kernel.refusal import Refused

# The common cases that are in normal form already; nothing has to be taken apart for them.
_NORMAL = re.compile(
    r"https://id\.gs1\.org/(?:01/\d{14}/21/[A-Za-z0-9\-._~';=]{1,20}|00/\d{18}|41[47]/\d{13})",
    re.ASCII,
)
# What the key itself looks like, and which qualifiers may follow, the finest first.
_KEYS: dict[str, tuple[re.Pattern[str], tuple[str, ...]]] = {
    "00": (re.compile(r"\d{18}"), ()),
    "01": (re.compile(r"\d{8}|\d{12,14}"), ("21", "235", "10")),
    "253": (re.compile(r"\d{13}.{0,17}"), ()),
    "255": (re.compile(r"\d{13,25}"), ()),
    "401": (re.compile(r".{1,30}"), ()),
    "402": (re.compile(r"\d{17}"), ()),
    "414": (re.compile(r"\d{13}"), ("254",)),
    "417": (re.compile(r"\d{13}"), ()),
    "8003": (re.compile(r"\d{14}.{0,16}"), ()),
    "8004": (re.compile(r".{1,30}"), ()),
    "8006": (re.compile(r"\d{18}"), ("21", "10")),
    "8010": (re.compile(r".{1,30}"), ("8011",)),
    "8017": (re.compile(r"\d{18}"), ()),
    "8018": (re.compile(r"\d{18}"), ()),
}
_WORDS = "|".join(name for name, ai in NAMES.items() if ai in _KEYS)
_KEY_NAMES = "|".join([*_KEYS, f"(?i:{_WORDS})"])
_LINK = re.compile(
    rf"(?i:https?)://[^/?#]+(?:/[^?#]*)?/({_KEY_NAMES})/(\d{{4}}[^/?#]*)((?:/[^/?#]+/[^/?#]+)*)/?"
    r"(?:\?[^#]*)?(?:#.*)?",
    re.ASCII,
)
_BARE_LINK = re.compile(
    rf"(?i:https?)://[^/?#]+/({_KEY_NAMES})/(\d{{4}}[^/?#]*)((?:/[^/?#]+/[^/?#]+)*)/?"
    r"(?:\?[^#]*)?(?:#.*)?",
    re.ASCII,
)


def normal_uri(uri: str) -> str:
    """`uri` in normal form; unchanged when it carries no well-formed GS1 key. Never raises.

    Check digits are not looked at: the normal form of a wrong key is the wrong key.
    """
    if _NORMAL.fullmatch(uri):
        return uri
    if uri.startswith("urn:epc:"):
        try:
            return uri_from_urn(uri)
        except Refused:
            return uri
    if uri[:4].lower() != "http":
        return uri
    found = _BARE_LINK.fullmatch(uri) or _LINK.fullmatch(uri)
    try:
        path = _path(found) if found else None
    except UnicodeEncodeError:  # half a character
        return uri
    return ID_STEM + path if path else uri


def _ai_of(name: str) -> str:
    return NAMES.get(name.lower(), name)


def _path(found: re.Match[str]) -> str | None:
    ai = _ai_of(found[1])
    form, finest = _KEYS[ai]
    key = unquote(found[2])
    if not form.fullmatch(key):
        return None
    if ai == "01":
        key = key.zfill(14)
    words = found[3].split("/")[1:]
    qualifiers = {_ai_of(name): value for name, value in zip(words[::2], words[1::2], strict=True)}
    if set(qualifiers) - {*finest, "22"}:
        return None
    for name in finest:
        if name in qualifiers:
            return f"{ai}/{encode(key)}/{name}/{encode(unquote(qualifiers[name]))}"
    return f"{ai}/{encode(key)}"
